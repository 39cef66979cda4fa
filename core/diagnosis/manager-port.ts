import { blameOnce, confessionsOf, culpritFinding, type Port, ruleLines, whereText } from './blocked.ts';
import { linesOf, type Rule, ruling, straightest } from './ruling.ts';
import { wayOf, waySet } from '../ways.ts';

const port: Port = { proto: 'tcp', port: 2377 };

/** TCP 2377 of a manager closed: by connections that fail. A single way is the manager's to open. */
export const managerPortRule: Rule = (about) => {
  const { symptoms } = about;
  const { known, failed } = straightest(about, 'manager-port');
  return blameOnce(known.map(wayOf), failed.map(wayOf), confessionsOf(symptoms, port)).map((culprit) => {
    const managers = [...new Set(culprit.ways.map(({ to }) => to))];
    const isOut = culprit.side === 'out' && culprit.confidence === 'certain';
    const told = {
      ...culprit,
      hosts: culprit.side === null || (culprit.side === 'out' && !isOut) ? managers : culprit.hosts,
    };
    const ways = waySet(culprit.ways);
    const own = failed.filter((one) => ways.has(one));
    const finding = culpritFinding('manager-port-blocked', told, {
      message: `TCP 2377 does not pass ${whereText(told)}.`,
      evidence: [...linesOf(own), ...ruleLines(symptoms, told.hosts, port)],
    });
    return ruling(finding, (one) => one.check === 'manager-port' && ways.has(one));
  });
};
