import { findingOf } from '../causes/finding-of.ts';
import type { CheckResult } from '../verification.ts';
import { nameList } from '../name-list.ts';
import { disturbanceOf, linesOf, type Rule, ruling, hostsOf } from './ruling.ts';

/**
 * Names that lead to what is not there, or lead nowhere. Comes after gossip: what remains is an entry that the engine
 * kept, or a name that it never learned.
 */
export const namesRule: Rule = ({ open, earlier }) => {
  const parent = disturbanceOf(earlier);
  const follows = parent === undefined ? {} : { consequenceOf: parent };
  const names = open.filter(({ level, check }) => level === 'L3' && check === 'dns');
  const stale = names.filter(({ error }) => error === 'stale' || error === 'lacking');
  const gone = names.filter((check) => !stale.includes(check));
  const byTarget = (checks: readonly CheckResult[]): CheckResult[][] => [
    ...Map.groupBy(checks, ({ target, network }) => `${target} ${network}`).values(),
  ];
  return [
    ...byTarget(stale).map((own) => {
      const hosts = hostsOf(own);
      const target = own[0]?.target ?? '';
      const network = own[0]?.network;
      const finding = findingOf('stale-dns', {
        message: `On ${nameList(hosts)} the name ${target} leads to addresses that do not fit what runs.`,
        hosts,
        ...(network === null || network === undefined ? {} : { network }),
        evidence: linesOf(own),
        ...follows,
        values: { service: target.replace(/^tasks\./u, '') },
      });
      const service = target.replace(/^tasks\./u, '');
      return ruling(
        finding,
        (check) => own.includes(check) || (hosts.includes(check.from) && isByName(service, check)),
      );
    }),
    ...byTarget(gone).map((own) => {
      const hosts = hostsOf(own);
      const target = own[0]?.target ?? '';
      const finding = findingOf('name-not-resolved', {
        message: `The name ${target} does not resolve on ${nameList(hosts)}.`,
        hosts,
        evidence: linesOf(own),
        ...follows,
        confidence: 'likely',
      });
      return ruling(finding, (check) => own.includes(check) || (hosts.includes(check.from) && isByName(target, check)));
    }),
  ];
};

/** Checks that use the name of a service or container inside its network. */
const isByName = (name: string, { level, target }: CheckResult): boolean =>
  level === 'L5' && (target.startsWith(`${name}:`) || target.startsWith(`http://${name}:`));
