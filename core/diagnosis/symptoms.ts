import type { EngineFacts, NetworkFacts } from '../observation.ts';
import type { Split } from '../swarm-split.ts';
import type { Observed } from '../observed.ts';
import { usualDataPort } from '../preflight/wants.ts';
import type { CheckResult } from '../verification.ts';

/** What a first look at a host gave. */
export interface HostLook {
  /** As registered, for SSH. */
  address: string;
  engine: Observed<EngineFacts>;
  /** Rules of its firewall, as `iptables-save -c` prints them. */
  firewall: Observed<string>;
  ipForward: Observed<boolean>;
  /** Whether its kernel has ip_vs. */
  ipVs: Observed<boolean>;
  /** VXLAN devices in the host's own namespace, where no healthy one is. */
  orphans: Observed<{ device: string; port: number }[]>;
  /** True when sshd forwards no stream to the socket, so that a command has to be run instead. */
  byCommand: boolean;
}

/** A node as a manager lists it. */
export interface NodeLook {
  id: string;
  /** The host that it is, where that is known. */
  host: string | null;
  role: 'manager' | 'worker';
  state: string;
  /** What the manager says of that state. */
  message: string;
}

export interface SwarmLook {
  dataPathPort: number;
  nodes: NodeLook[];
  networks: NetworkFacts[];
}

/** Where VXLAN is to be looked for: the usual port where no manager could tell another. */
export const dataPathPortOf = (swarm: Observed<SwarmLook>): number =>
  swarm.known ? swarm.value.dataPathPort : usualDataPort;

/** The overlays that managers list; none where no manager answers, which says nothing of them. */
export const networksIn = (swarm: Observed<SwarmLook>): NetworkFacts[] => (swarm.known ? swarm.value.networks : []);

export interface TaskLook {
  state: string;
  error: string;
  /** Null where it has no node, or one that is none of our hosts. */
  host: string | null;
  hasNode: boolean;
}

export interface ServiceLook {
  name: string;
  networks: string[];
  /** Null when no node runs it. */
  wanted: number | null;
  running: number;
  hasHealthCheck: boolean;
  /** Its name answers with a virtual IP. */
  vip: boolean;
  /** Published through the routing mesh. */
  ingressPorts: number[];
  /** Of its present spec, the newest first. */
  tasks: TaskLook[];
}

/** Whom an engine gossips with on one network, by address, itself included. */
export interface GossipLook {
  network: string;
  host: string;
  peers: string[];
  /** Hosts with a container on the network. */
  expected: string[];
}

/** One datagram through an overlay, in one direction. */
export interface OneWay {
  network: string;
  from: string;
  to: string;
  arrived: boolean;
}

/** Packets on the data-path port between two addresses, as a capture on the host saw them. */
export interface Captured {
  from: string;
  to: string;
  packets: number;
}

/** What the devices below the overlays of a host have carried. */
export interface Counters {
  /** Packets in and out of the VXLAN device of each overlay, by the first ten letters of its id. */
  overlays: { network: string; received: number; sent: number }[];
  /** Bytes of each IPsec state between two addresses; `spi` names its key. */
  xfrm: { from: string; to: string; spi: string; bytes: number }[];
}

/** What was read on a host after something had failed. */
export interface HostEvidence {
  addresses: { iface: string; address: string; mtu: number }[];
  /** Source address that the kernel takes toward each peer's address. */
  sources: Record<string, string>;
  /** Since the closer look began: what has come meanwhile. */
  counters: Observed<Counters>;
  /** Whether the kernel can encrypt; unknown where no overlay is. */
  esp: Observed<boolean>;
  /** Lines of the daemon's log that tell of networks, keys taken out; null where it cannot be read. */
  log: string[] | null;
}

export interface Evidence {
  oneWay: OneWay[];
  /** What each host captured on the data-path port, while the datagrams were sent. */
  captured: Record<string, Observed<Captured[]>>;
  /** From host to host, outside of all overlays: `underlay`, `gossip-tcp`, `manager-port`, `control-udp`. */
  underlay: CheckResult[];
  hosts: Record<string, Observed<HostEvidence>>;
}

/** All that a verification has seen, for the rules to judge. */
export interface Symptoms {
  hosts: Record<string, HostLook>;
  swarm: Observed<SwarmLook>;
  services: ServiceLook[];
  checks: readonly CheckResult[];
  gossip: readonly GossipLook[];
  /** Null when nothing had failed, so that nobody looked closer. */
  evidence: Evidence | null;
  /** Data-path port of the spec; null where there is none. */
  wantedDataPort: number | null;
  /** Hosts that should be managers. */
  managers: readonly string[];
  /** Managers of two swarms with one id; null where there is one. */
  split: Split | null;
}
