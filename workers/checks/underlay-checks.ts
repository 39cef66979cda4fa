import type { HostLook, SwarmLook } from '#core/diagnosis/symptoms.ts';
import type { PlannedCheck } from './planned-check.ts';

/** What is known of where a host listens for the others. */
export interface Peer {
  host: string;
  /** What its engine tells the others; what it is registered with where that is not known. */
  address: string;
  /** A second address that it is reached at by us. */
  other: string | null;
  isManager: boolean;
}

const isAddress = (text: string): boolean => /^[\d.]+$|:/.test(text);

/** Where each host listens, by what engines and managers say. */
export function peersAt(looks: Readonly<Record<string, HostLook>>, swarm: SwarmLook | null): Peer[] {
  return Object.entries(looks).flatMap(([host, { address, engine }]) => {
    const own = engine.known ? engine.value.swarm.nodeAddr : null;
    const node = swarm?.nodes.find((one) => one.host === host);
    const told = own ?? (isAddress(address) ? address : null);
    if (told === null) return [];
    const isManager = node?.role === 'manager' || (engine.known && engine.value.swarm.controlAvailable);
    return [
      { host, address: told, other: own !== null && isAddress(address) && address !== own ? address : null, isManager },
    ];
  });
}

const gossipPort = 7946;
const managerPort = 2377;
const limitMs = 2000;
/** A whole packet of Ethernet, less 28 bytes of headers. */
const largeBytes = 1472;

/**
 * The ports of the swarm itself, from one host to its peers: TCP 7946 of each, TCP 2377 of managers. Of those that we do
 * not reach (`away`) also whether small and large packets come through: SSH hangs where large ones vanish.
 */
export function underlayChecks(
  from: string,
  peers: readonly Peer[],
  away: ReadonlyMap<string, string> = new Map(),
): PlannedCheck[] {
  return peers
    .filter(({ host }) => host !== from)
    .flatMap(({ host: to, address, other, isManager }) => {
      const about = (check: string, target: string, ask: PlannedCheck['ask']): PlannedCheck => ({
        level: 'L1',
        check,
        network: null,
        from,
        to,
        target,
        ask,
      });
      const tcp = (check: string, host: string, port: number) =>
        about(check, `${host}:${port}`, { kind: 'tcp', host, port, timeoutMs: limitMs });
      const echo = (check: string, size?: number) => {
        const whole = size === undefined ? {} : { size, df: true };
        return about(check, address, { kind: 'ping', host: address, count: 3, timeoutMs: limitMs, ...whole });
      };
      return [
        ...(away.has(to) ? [echo('ping'), echo('ping-large', largeBytes)] : []),
        tcp('gossip-tcp', address, gossipPort),
        ...(other === null ? [] : [tcp('other-address', other, gossipPort)]),
        ...(isManager ? [tcp('manager-port', address, managerPort)] : []),
      ];
    });
}
