import { AppError } from '#core/errors.ts';
import type { SystemFacts } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import { firstLookScript } from './command.ts';
import type { SshConnection } from './connection.ts';
import { runForFacts, sectionsOf } from './facts.ts';

/** What a host's system says of its part in a cluster, before anything is asked of its engine. */
export interface FirstLook {
  ipForward: Observed<boolean>;
  /** As `iptables-save -c` prints the filter table. */
  firewall: Observed<string>;
  ipVs: boolean;
  /** VXLAN devices in the host's own namespace, where no healthy one is. */
  orphans: { device: string; port: number }[];
  /** Unknown when they were not asked for. */
  facts: Observed<SystemFacts>;
}

function orUnknown<T>(read: () => T): Observed<T> {
  try {
    return known(read());
  } catch (error) {
    if (error instanceof AppError) return unknown(error.message, error.code);
    throw error;
  }
}

/** How to look. */
export interface FirstLookAsk {
  timeoutMs: number;
  /** Also the facts of the system: in one command instead of two. */
  facts: boolean;
}

/** One read-only script over the connection. Throws AppError when the host cannot be reached. */
export async function readFirstLook(
  connection: SshConnection,
  { timeoutMs, facts: wantsFacts }: FirstLookAsk,
): Promise<FirstLook> {
  const { stdout, facts } = await runForFacts(connection, firstLookScript({ facts: wantsFacts }), { timeoutMs });
  const sections = sectionsOf(stdout);
  return {
    facts: wantsFacts ? orUnknown(facts) : unknown('the facts of the system were not asked for'),
    ipForward: forwardOf(sections),
    firewall: firewallOf(sections),
    ipVs: sections.get('ip-vs')?.[0] === 'yes',
    orphans: (sections.get('orphans') ?? []).flatMap(orphanOf),
  };
}

export function forwardOf(sections: ReadonlyMap<string, string[]>): Observed<boolean> {
  const [forward] = sections.get('forward') ?? [];
  return forward === undefined ? unknown('/proc/sys/net/ipv4/ip_forward cannot be read') : known(forward === '1');
}

/** `7: vx-001001-abc: <…> … vxlan id 4097 … dstport 4789 …`. */
function orphanOf(row: string): FirstLook['orphans'] {
  const [, device, port] = /^\d+: ([^:@\s]+)[^:]*: .*\bvxlan id \d+ .*\bdstport (\d+)/.exec(row) ?? [];
  return device === undefined ? [] : [{ device, port: Number(port) }];
}

/** Its rules, or that they are not to be had: without root, or without iptables. */
export const firewallOf = (sections: ReadonlyMap<string, string[]>): Observed<string> =>
  sections.has('firewall-read')
    ? known((sections.get('firewall') ?? []).join('\n'))
    : unknown('its rules cannot be read (that needs root or `sudo -n`, and iptables-save)');
