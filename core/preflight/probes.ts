import type { CheckResult } from '../verification.ts';

/**
 * What one host asks of another over the network that carries the swarm.
 * `udp-control` is a port beside the data path, to tell a closed port from one that is taken away on its own;
 * `ssh-…` go to the address that the worker uses, when it is another one or the host cannot be reached.
 */
export const probeNames = [
  'ping',
  'path-mtu',
  'tcp-2377',
  'tcp-7946',
  'udp-7946',
  'udp-data',
  'udp-control',
  'udp-large',
  'esp',
  'ssh-ping',
  'ssh-mtu',
  'ssh-tcp',
] as const;
export type ProbeName = (typeof probeNames)[number];

/** How one host's question to another went. */
export interface UnderlayProbe {
  probe: ProbeName;
  from: string;
  to: string;
  /** Where it was sent to. */
  address: string;
  /** Null for what has no ports. */
  port: number | null;
  result: CheckResult['result'];
  /** In the prober's words (`refused`, `dropped_locally`, …); `silent` when it left and never arrived. */
  error: string | null;
  detail: string;
  /** Source address as the receiver saw it. */
  source: string | null;
  /** The largest IP packet that passes whole, where it was measured. */
  mtu: number | null;
  ms: number | null;
  /** Of echoes: how many were sent and came back. */
  echoes: { sent: number; received: number } | null;
}

/** Ports whose numbers are fixed by Swarm. */
export const managerPort = 2377;
export const gossipPort = 7946;

/** A UDP port beside the data path: nothing of Swarm's, and not what is asked about. */
export const controlPortFor = (dataPathPort: number): number => (dataPathPort === 7789 ? 7790 : 7789);

/** As a check of the report. */
export const checkOfProbe = ({ probe, from, to, address, port, result, detail, ms }: UnderlayProbe): CheckResult => ({
  level: 'L1',
  check: probe,
  network: null,
  from,
  to,
  target: port === null ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`,
  result,
  detail,
  ms,
});
