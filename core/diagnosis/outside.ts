import { findingOf } from '../causes/finding-of.ts';
import { type Rule, ruling, touches } from './ruling.ts';

/** Hosts that should be nodes and whose engine is in no swarm at all: nothing listens there, and no network reaches them. */
export const outsideRule: Rule = ({ symptoms, earlier }) => {
  if (!symptoms.swarm.known) return [];
  return Object.entries(symptoms.hosts).flatMap(([host, { engine }]) => {
    const isOutside = engine.known && engine.value.swarm.state === 'inactive';
    if (!isOutside || earlier.some(({ finding }) => finding.hosts.includes(host))) return [];
    const finding = findingOf('not-in-swarm', {
      message: `${host} should be a node, and its engine is in no swarm.`,
      hosts: [host],
      evidence: [`${host}: swarm state inactive`],
    });
    return [ruling(finding, touches([host]))];
  });
};
