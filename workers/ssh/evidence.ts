import type { HostEvidence } from '#core/diagnosis/symptoms.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { AppError } from '#core/errors.ts';
import { type EvidenceAsk, evidenceScript } from './command.ts';
import type { SshConnection } from './connection.ts';
import { countersOf } from './counters.ts';
import { run } from './exec.ts';
import { addressesOf, sectionsOf } from './facts.ts';
import { firewallOf, forwardOf } from './first-look.ts';

export interface SystemEvidence {
  evidence: HostEvidence;
  /** Read anew: its counters tell what has been stopped since. */
  firewall: Observed<string>;
  ipForward: Observed<boolean>;
}

/** What a host's system shows after something failed; `peers` are addresses of other hosts. @throws AppError */
export async function readEvidence(
  connection: SshConnection,
  { timeoutMs, ...ask }: EvidenceAsk & { timeoutMs: number },
): Promise<SystemEvidence> {
  const { argv, stdin } = evidenceScript(ask);
  const { stdout } = await run(connection, argv, { stdin, timeoutMs });
  const found = parseEvidence(stdout);
  if (found !== null) return found;
  throw new AppError('step_failed', `${connection.host} did not tell the evidence on its system.`, {
    host: connection.host,
    done: 'Nothing was changed on the host.',
    next: 'The host needs a POSIX sh, grep and ip (the iproute2 package).',
  });
}

/** The facts in the script's output; null when it did not come to its end. */
export function parseEvidence(output: string): SystemEvidence | null {
  const sections = sectionsOf(output);
  if (!sections.has('end')) return null;
  const lines = (name: string): string[] => sections.get(name) ?? [];
  const evidence: HostEvidence = {
    addresses: (addressesOf(lines('addresses')) ?? []).map(({ iface, address, mtu }) => ({ iface, address, mtu })),
    sources: Object.fromEntries(lines('routes').flatMap(sourceOf)),
    counters: countersOf(sections),
    esp: espOf(lines('features')),
    log: lines('log').map(redacted),
  };
  return { evidence, firewall: firewallOf(sections), ipForward: forwardOf(sections) };
}

/** `esp yes`, or `esp no` and why; nothing where it was not tried. */
function espOf(rows: readonly string[]): Observed<boolean> {
  const [, answer] = rows.flatMap((row) => /^esp (yes|no)\b/.exec(row) ?? []);
  return answer === undefined ? unknown('whether its kernel can encrypt could not be tried') : known(answer === 'yes');
}

/** `10.0.0.2 10.0.0.2 dev eth0 src 10.0.0.1 uid 0`. */
function sourceOf(row: string): [string, string][] {
  const [, peer, source] = /^(\S+) .*\bsrc (\S+)/.exec(row) ?? [];
  return peer === undefined || source === undefined ? [] : [[peer, source]];
}

/** Engines log the keys of gossip and of encrypted networks: whatever looks like one goes. */
export const redacted = (line: string): string =>
  line
    .replaceAll(/0x[0-9a-fA-F]+/g, '0x…')
    .replaceAll(/\b[0-9a-fA-F]{16,}\b/g, '…')
    .replaceAll(/((?:key|token)s?["']?\s*[:=]\s*)(?:\[[^\]]*\]|\S+)/gi, '$1…')
    .replaceAll(/SWMTKN-\S+/g, 'SWMTKN-…')
    .slice(0, 400);
