import { findingOf } from '../causes/finding-of.ts';
import { nameList } from '../name-list.ts';
import { hostsOf, linesOf, type Rule, ruling, touches } from './ruling.ts';

/** Hosts whose own kernel refuses to send: what is lost on the way to or from them was never on its way. */
export const neighbourRule: Rule = ({ open }) => {
  const refused = open.filter(({ detail }) => noBufferSpace.test(detail));
  if (refused.length === 0) return [];
  const hosts = hostsOf(refused);
  const finding = findingOf('neighbour-table-full', {
    message: `${nameList(hosts)} cannot send to all that ${hosts.length === 1 ? 'it has' : 'they have'} to: the table of neighbours of the kernel is full.`,
    hosts,
    evidence: linesOf(refused),
    confidence: 'likely',
  });
  const isTheirs = touches(hosts);
  return [ruling(finding, (check) => sent.has(check.level) && isTheirs(check))];
};

/** ENOBUFS, as the kernel gives it to who sends. */
const noBufferSpace = /no buffer space available/iu;
/** Levels whose checks send something to another host. */
const sent = new Set(['L1', 'L4', 'L5', 'L6']);
