import type { HostRecord, LabRecord } from '../state.ts';
import type { ExecResult } from '../run.ts';

/** What a fault needs to know beside the host. Which of them a fault reads is in the catalogue. */
export interface FaultOptions {
  /** As the broken host sees it. Default `both`. */
  direction?: 'in' | 'out' | 'both';
  /** Another host of the lab: only traffic with it is hit, or it is the one that is copied from. */
  peer?: string;
  /** Answer with an ICMP error or a TCP reset instead of silence. */
  reject?: boolean;
  /** `udp/7789`, `tcp/8080` or `esp`. */
  port?: string;
  /** Bytes. Default 1400. */
  size?: number;
  /** Directory in the host. */
  path?: string;
  /** `10.200.0.0/16`. */
  cidr?: string;
  /** How far a clock is ahead; negative: behind. Default 900. */
  seconds?: number;
  /** Name of a network of the swarm. */
  network?: string;
  /** Name of a service of the swarm. */
  service?: string;
}

/** Faults that block ports in the host's own firewall. */
export type PortFaultName = 'vxlan' | 'gossip' | 'gossip-udp' | 'gossip-tcp' | 'manager-port' | 'ssh-port' | 'port';

export type FaultName =
  | PortFaultName
  | 'mtu'
  | 'mtu-blackhole'
  | 'link-down'
  | 'port-eaten'
  | 'bridge-down'
  | 'second-nic'
  | 'route'
  | 'other-source'
  | 'way-in-taken'
  | 'engine-frozen'
  | 'engine-killed'
  | 'engine-down'
  | 'live-restore'
  | 'host-key'
  | 'key-refused'
  | 'no-stream-local'
  | 'no-forwarding'
  | 'no-docker-cli'
  | 'socket-forbidden'
  | 'disk-full'
  | 'port-taken'
  | 'same-machine-id'
  | 'ip-forward-off'
  | 'clock-skew'
  | 'orphaned-vxlan'
  | 'cloned-swarm'
  | 'wrong-advertise'
  | 'locked-manager'
  | 'stale-dns';

/** One way to break a host, and back. Both directions may be asked for twice. */
export interface Fault {
  says: string;
  reads: readonly (keyof FaultOptions)[];
  /** Among `reads`, those without which it cannot be. */
  needs?: readonly (keyof FaultOptions)[];
  inject: (site: FaultSite, options: FaultOptions) => Promise<void>;
  heal: (site: FaultSite, options: FaultOptions) => Promise<void>;
  /** Looks at the host whether the fault is there now. Absent: it passes by itself (an engine that is started again). */
  isThere?: (site: FaultSite, options: FaultOptions) => Promise<boolean>;
}

export interface ActiveFault {
  name: FaultName;
  options: FaultOptions;
}

/** The place where a fault is made. */
export interface FaultSite {
  lab: LabRecord;
  host: HostRecord;
  /** Every fault that the host shall have after this one was made or undone. */
  active: readonly ActiveFault[];
  /** Runs a program in the host, whatever it ends with. */
  ask: (argv: string[]) => Promise<ExecResult>;
  /** Runs a program in the host; throws when it fails. */
  inHost: (argv: string[], options?: { stdin?: string }) => Promise<ExecResult>;
  /** Runs a program in the switch's network namespace; throws when it fails. */
  inSwitch: (argv: string[]) => Promise<ExecResult>;
  /** Runs a program on the machine, at its way into the lab; throws when it fails. */
  onMachine: (argv: string[]) => Promise<ExecResult>;
  addressOf: (hostName: string) => string;
  /** The same place at another host of the lab. */
  at: (hostName: string) => FaultSite;
  /** Text of a file of any host of the lab. */
  fileOf: (hostName: string, path: string) => Promise<string>;
}
