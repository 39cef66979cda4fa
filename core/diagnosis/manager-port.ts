import type { CheckResult } from '../verification.ts';
import type { Way } from './blame.ts';
import { blameOnce, confessionsOf, culpritFinding, type Port, ruleLines, whereText } from './blocked.ts';
import { linesOf, type Rule, ruling, straightest } from './ruling.ts';

const port: Port = { proto: 'tcp', port: 2377 };

/** TCP 2377 of a manager closed: by connections that fail. A single way is the manager's to open. */
export const managerPortRule: Rule = (about) => {
  const { symptoms } = about;
  const { known, failed } = straightest(about, 'manager-port');
  const asWay = ({ from, to }: CheckResult): Way => ({ from, to: to ?? '' });
  return blameOnce(known.map(asWay), failed.map(asWay), confessionsOf(symptoms, port)).map((culprit) => {
    const managers = [...new Set(culprit.ways.map(({ to }) => to))];
    const isOut = culprit.side === 'out' && culprit.confidence === 'certain';
    const told = {
      ...culprit,
      hosts: culprit.side === null || (culprit.side === 'out' && !isOut) ? managers : culprit.hosts,
    };
    const own = failed.filter((one) => culprit.ways.some((way) => way.from === one.from && way.to === one.to));
    const finding = culpritFinding('manager-port-blocked', told, {
      message: `TCP 2377 does not pass ${whereText(told)}.`,
      evidence: [...linesOf(own), ...ruleLines(symptoms, told.hosts, port)],
    });
    return ruling(
      finding,
      ({ check, from: a, to: b }) =>
        check === 'manager-port' && culprit.ways.some((way) => way.from === a && way.to === b),
    );
  });
};
