import { findingOf } from '../causes/finding-of.ts';
import { type Rule, ruling } from './ruling.ts';

/** A host whose engine has no room to make what a check needs: nothing failed, and nothing can be seen from there. */
export const diskRule: Rule = ({ symptoms, earlier }) => {
  const said = symptoms.checks.filter(({ result, detail }) => result === 'unknown' && noSpaceLeft.test(detail));
  return [...Map.groupBy(said, ({ from, detail }) => refuser.exec(detail)?.[1] ?? from)].flatMap(([host, own]) => {
    if (earlier.some(({ finding }) => finding.hosts.includes(host) && finding.id === 'disk-full')) return [];
    const finding = findingOf('disk-full', {
      message: `There is no room left on ${host} where its engine keeps its data.`,
      hosts: [host],
      evidence: own.slice(0, 1).map(({ detail }) => detail),
    });
    return [ruling(finding)];
  });
};

/** What an engine says when the disk of its data is full. */
export const noSpaceLeft = /no space left on device/iu;
const refuser = /^The engine on (\S+) refused /u;
