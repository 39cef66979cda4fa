import type { Observed } from '../observed.ts';
import type { PreflightAddress } from './addresses.ts';
import type { PreflightFacts } from './facts.ts';
import type { UnderlayProbe } from './probes.ts';
import type { PreflightWants } from './wants.ts';

/** All that preflight has gathered, for the rules to judge. */
export interface PreflightEvidence {
  wants: PreflightWants;
  /** Hosts as registered. */
  hosts: readonly { name: string; address: string; port: number }[];
  facts: Readonly<Record<string, PreflightFacts>>;
  /** NodeIDs on record of the cluster that it is about; null when it is about none. */
  ours: readonly string[] | null;
  /** Nodes of the swarm that is to grow, and how each is told to be a part of it. */
  members: readonly string[];
  addresses: Readonly<Record<string, PreflightAddress>>;
  probes: readonly UnderlayProbe[];
  /** Hosts on which no prober could be started though their engine answers, with the reason. */
  unprobed: Readonly<Record<string, { code: string; message: string }>>;
  /** Rules of the firewall of hosts on which something failed, in the words of iptables-save. */
  firewalls: Readonly<Record<string, Observed<string>>>;
}
