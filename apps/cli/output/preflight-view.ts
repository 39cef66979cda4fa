import type { Preflight } from '#core/preflight.ts';
import { countsOf } from '#core/reports/report.ts';
import { count, duration } from './duration.ts';
import { findingsLines } from './finding-view.ts';
import { matrix } from './matrix.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';
import { failedLines, unseenLines, type VerificationOptions } from './verification-view.ts';

/** The whole answer of a preflight: verdict, hosts, matrix, findings with fixes, failed checks, and what was not seen. */
export function preflightLines(
  seen: Preflight,
  { paint = noColours, width, verbose = false }: VerificationOptions = {},
): string[] {
  const blocks = [
    verdictLines(seen, paint),
    hostLines(seen, { paint, width }),
    seen.hosts.length > 1 ? matrix({ nodes: seen.hosts, pairs: seen.pairs }, paint, width) : [],
    findingsLines(
      seen.findings.filter(({ severity }) => verbose || severity !== 'note'),
      { paint, width, verbose },
    ),
    verbose ? failedLines(seen, { paint, width, verbose }) : [],
    unseenLines(seen, paint),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}

function verdictLines(seen: Preflight, paint: Paint): string[] {
  const { verdict, pairs, hosts, sampled, seconds } = seen;
  const { reached: passed, ...counts } = countsOf(seen);
  const head = {
    passed: paint.green('✓ Preflight passed'),
    failed: paint.red('✗ Preflight failed'),
    incomplete: paint.yellow('? Preflight incomplete: not everything could be seen'),
  }[verdict];
  const ran = counts.ok + counts.failed + counts.unknown;
  const facts = [
    count(hosts.length, 'host'),
    ...(pairs.length > 0 ? [`${passed} of ${count(pairs.length, 'pair')} fit`] : []),
    `${count(ran, 'check')} made`,
    duration(seconds * 1000),
  ];
  const all = hosts.length * (hosts.length - 1);
  const note = sampled ? [paint.dim(`Sampled: ${pairs.length} of ${all} pairs were tested. All: --full`)] : [];
  return [`${paint.bold(head)} (${facts.join(', ')})`, ...note];
}

function hostLines({ hosts, facts, members }: Preflight, options: TableOptions): string[] {
  const rows = hosts.map((host) => {
    const { engine, system } = facts[host] ?? {};
    const addresses = system?.known === true && system.value.addresses.known ? system.value.addresses.value : [];
    const outer = addresses.filter(({ iface, address }) => !/^(docker|br-|veth)/.test(iface) && !address.includes(':'));
    return [
      host,
      engine?.known === true ? engine.value.facts.version : 'not seen',
      system?.known === true && system.value.os.known ? system.value.os.value : 'not seen',
      system?.known === true ? system.value.kernel : 'not seen',
      outer.map(({ address }) => address).join(', ') || 'not seen',
      members.includes(host) ? 'node' : engine?.known === true ? engine.value.facts.swarm.state : 'not seen',
    ];
  });
  const columns = [
    { title: 'HOST' },
    { title: 'ENGINE' },
    { title: 'SYSTEM', elastic: true },
    { title: 'KERNEL', elastic: true },
    { title: 'ADDRESSES', wraps: true },
    { title: 'SWARM' },
  ];
  return table(columns, rows, options);
}
