import type { CheckResult } from '#core/verification.ts';
import type { ProbeCheck } from '../probe/protocol.ts';

/** A question as the prober understands it; its id is given when the checks of a node are put together. */
export type Ask = WithoutId<ProbeCheck>;
type WithoutId<T> = T extends { id: string } ? Omit<T, 'id'> : never;

/** Addresses that a name may lead to: all of `required`, and nothing that is not `allowed`. */
export interface Expected {
  required: readonly string[];
  /** Null where it is not known whole what runs, so that no address can be called wrong. */
  allowed: readonly string[] | null;
}

/** One question to the prober, with what it is about. */
export interface PlannedCheck {
  level: CheckResult['level'];
  check: string;
  network: string | null;
  from: string;
  to: string | null;
  target: string;
  ask: Ask;
  /** For `dns`: one of these must fit. A container on several networks may answer for any of them. */
  expect?: readonly Expected[];
}

/** Where a container is on a network. */
export interface Place {
  network: string;
  address: string;
}

/**
 * Where a host's prober runs: in the namespace of a container that is on the networks, attached to networks anew, or on
 * the host's own network.
 */
export type Vantage =
  | { host: string; kind: 'inside'; containerId: string; places: readonly Place[] }
  | { host: string; kind: 'attached'; networks: readonly { name: string; id: string }[] }
  | { host: string; kind: 'host' };

/** What a prober can be reached at by its peers. */
export interface BulkTarget {
  host: string;
  network: string;
  address: string;
}

/** Where probers listen for the bulk test, and for single datagrams, inside the namespaces that they share. */
export const bulkPort = 39_871;
