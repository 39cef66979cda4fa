import type { Counters } from '#core/diagnosis/symptoms.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { countersScript } from './command.ts';
import type { SshConnection } from './connection.ts';
import { run } from './exec.ts';
import { sectionsOf } from './facts.ts';

/** What a host's overlays have carried until now. Throws AppError when the host cannot be reached. */
export async function readCounters(connection: SshConnection, timeoutMs: number): Promise<Observed<Counters>> {
  const { argv, stdin } = countersScript();
  const { stdout } = await run(connection, argv, { stdin, timeoutMs });
  return countersOf(sectionsOf(stdout));
}

/** Without root there is nothing to be seen, which is not the same as nothing carried. */
export const countersOf = (sections: ReadonlyMap<string, string[]>): Observed<Counters> =>
  sections.has('counters-read')
    ? known({ overlays: overlaysOf(sections.get('overlays') ?? []), xfrm: xfrmOf(sections.get('xfrm') ?? []) })
    : unknown('the counters of its overlays cannot be read (that needs root or `sudo -n`)');

/** What was counted between two looks. A network or an IPsec state that was not there before began with nothing. */
export function countedSince(before: Observed<Counters>, after: Observed<Counters>): Observed<Counters> {
  if (!before.known || !after.known) return before.known ? after : before;
  const [first, last] = [before.value, after.value];
  return known({
    overlays: last.overlays.map((now) => {
      const then = first.overlays.find(({ network }) => network === now.network) ?? { received: 0, sent: 0 };
      return { ...now, received: now.received - then.received, sent: now.sent - then.sent };
    }),
    xfrm: last.xfrm.map((now) => {
      const then = first.xfrm.find(({ from, to, spi }) => from === now.from && to === now.to && spi === now.spi);
      return { ...now, bytes: now.bytes - (then?.bytes ?? 0) };
    }),
  });
}

/** `namespace 1-abcdef0123`, then `ip -s link`: packets are the second number below `RX:` and `TX:`. */
function overlaysOf(rows: readonly string[]): Counters['overlays'] {
  const found: Counters['overlays'] = [];
  let before = '';
  for (const row of rows) {
    const [, network] = /^namespace [^-]+-(\S+)/.exec(row) ?? [];
    if (network !== undefined) found.push({ network, received: 0, sent: 0 });
    const last = found.at(-1);
    const packets = Number(/^\d+\s+(\d+)/.exec(row)?.[1] ?? 0);
    if (last !== undefined && before.startsWith('RX:')) last.received += packets;
    if (last !== undefined && before.startsWith('TX:')) last.sent += packets;
    before = row;
  }
  return found;
}

/** `src A dst B`, and below it `proto esp spi 0x0000100(256) …` and `840(bytes), 10(packets)`. */
function xfrmOf(rows: readonly string[]): Counters['xfrm'] {
  const found: Counters['xfrm'] = [];
  for (const row of rows) {
    const [, from, to] = /^src (\S+) dst (\S+)/.exec(row) ?? [];
    if (from !== undefined && to !== undefined) found.push({ from, to, spi: '', bytes: 0 });
    const spi = /^proto esp spi (0x[0-9a-f]+)/.exec(row)?.[1];
    const bytes = /^(\d+)\(bytes\)/.exec(row)?.[1];
    const last = found.at(-1);
    if (spi !== undefined && last !== undefined) last.spi = spi;
    if (bytes !== undefined && last !== undefined) last.bytes = Math.max(last.bytes, Number(bytes));
  }
  return found;
}
