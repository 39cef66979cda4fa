/** A rule of a host's firewall that stops packets of a port. */
export interface BlockingRule {
  side: 'in' | 'out';
  /** As iptables-save wrote it, without its counters. */
  text: string;
  /** How many packets it has stopped; null when it was not counted. */
  packets: number | null;
  /** Address or network of the other side that it is about; null is everybody. */
  other: string | null;
}

interface Rule {
  chain: string;
  text: string;
  packets: number | null;
  target: string | null;
}

const hooks = { INPUT: 'in', OUTPUT: 'out' } as const;

/**
 * Rules that drop or reject a port, in what `iptables-save -c` prints: those that name the port (`esp` has none), in a
 * chain that INPUT or OUTPUT leads to. A chain that lets through a list and drops the rest counts as well when nothing
 * before its end accepts the port.
 */
export function blockingRules(
  saved: string,
  what: { proto: 'tcp' | 'udp' | 'esp'; port: number | null },
): BlockingRule[] {
  const rules = saved.split('\n').flatMap(parseRule);
  const policies = saved.split('\n').flatMap(parsePolicy);
  return (['INPUT', 'OUTPUT'] as const).flatMap((hook) => {
    const side = hooks[hook];
    const walked = walk(rules, hook, what);
    const found = walked.flatMap(({ text, packets, target }) =>
      target === 'DROP' || target === 'REJECT' ? [{ side, text, packets, other: otherOf(text, side) }] : [],
    );
    const accepted = walked.some(({ target, text }) => target === 'ACCEPT' && otherOf(text, side) === null);
    const policy = policies.find(({ chain }) => chain === hook);
    const byPolicy = policy !== undefined && !accepted && found.every(({ other }) => other !== null);
    return byPolicy ? [...found, { side, text: policy.text, packets: policy.packets, other: null }] : found;
  });
}

/** `[3:120] -A CHAIN … -j TARGET`, with or without counters. */
function parseRule(line: string): Rule[] {
  const [, packets, text, chain] = /^(?:\[(\d+):\d+\] )?(-A (\S+) .*)$/.exec(line.trim()) ?? [];
  if (text === undefined || chain === undefined) return [];
  const target = /(?:^| )-[jg] (\S+)/.exec(text)?.[1] ?? null;
  return [{ chain, text, packets: packets === undefined ? null : Number(packets), target }];
}

/** `:INPUT DROP [0:0]`: what happens to what no rule took. */
function parsePolicy(line: string): { chain: string; text: string; packets: number }[] {
  const [, chain, packets] = /^:(INPUT|OUTPUT) DROP \[(\d+):/.exec(line.trim()) ?? [];
  return chain === undefined ? [] : [{ chain, text: `policy DROP of ${chain}`, packets: Number(packets) }];
}

/** Rules that a packet of this port may meet, in their order, through the chains that are called. */
function walk(
  rules: readonly Rule[],
  chain: string,
  what: { proto: string; port: number | null },
  seen: string[] = [],
): Rule[] {
  if (seen.includes(chain)) return [];
  const met: Rule[] = [];
  for (const rule of rules.filter((one) => one.chain === chain && mayMatch(one.text, what))) {
    if (rule.target === null) continue;
    const ends = ['DROP', 'REJECT', 'ACCEPT'].includes(rule.target);
    if (!ends) met.push(...walk(rules, rule.target, what, [...seen, chain]));
    else met.push(rule);
    if (ends && isForAll(rule.text)) break;
  }
  return met;
}

/** Whether a rule could be about a new packet of this port; what it says beyond protocol and port is not judged. */
function mayMatch(text: string, { proto, port }: { proto: string; port: number | null }): boolean {
  if (/-i lo\b|-o lo\b|-i docker|--ctstate (?!.*NEW)|--state (?!.*NEW)| ! /.test(text)) return false;
  const [, itsProto] = /-p (\S+)/.exec(text) ?? [];
  if (itsProto !== undefined && itsProto !== proto && !(proto === 'esp' && itsProto === '50')) return false;
  const [, ports] = /--dports? (\S+)/.exec(text) ?? [];
  return ports === undefined || (port !== null && ports.split(',').some((one) => holds(one, port)));
}

function holds(range: string, port: number): boolean {
  const [low = 0, high = low] = range.split(':').map(Number);
  return low <= port && port <= high;
}

const isForAll = (text: string): boolean => !/(?:^| )(-s|-d|-i|-o|--limit|-m set) /.test(text);

const otherOf = (text: string, side: 'in' | 'out'): string | null =>
  (side === 'in' ? /-s (\S+)/ : /-d (\S+)/).exec(text)?.[1] ?? null;
