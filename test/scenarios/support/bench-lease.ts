import type { Host } from '#core/host.ts';
import type { Operation } from '#core/operation.ts';
import { heldKinds } from '#core/spec/held.ts';
import { parseSpec } from '#core/spec/parse.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { RevisionView } from '#core/wire.ts';
import type { Lease } from '#core/worker-wire.ts';

/** Every cluster of a bench has this name. */
export const cluster = 'steps';

const at = new Date(0).toISOString();

const operation: Operation = {
  id: 'op_bench',
  kind: 'apply',
  cluster,
  state: 'running',
  request: { kind: 'apply', revision: 1, digest: null },
  actor: { kind: 'system', name: 'bench' },
  reason: null,
  planDigest: null,
  error: null,
  result: null,
  cancelRequested: false,
  retryOf: null,
  createdAt: at,
  startedAt: at,
  endedAt: null,
};

/** A lease as the API would give it for an apply of this spec; all hosts are of the cluster. */
export function leaseOf(hosts: Host[], input: SpecInput): Lease {
  const parsed = parseSpec(input, { mayBeTakenDown: true });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  const revision: RevisionView = {
    cluster,
    number: 1,
    base: null,
    state: 'proposed',
    spec: parsed.spec,
    decisions: [],
    origin: 'bench',
    createdBy: 'bench',
    createdAt: at,
  };
  return {
    operation,
    fence: 1,
    leaseMs: 30_000,
    cluster: null,
    revision,
    hosts,
    heldBefore: [...heldKinds],
    plan: null,
    ledger: {},
    nextSequence: 1,
    origin: null,
  };
}
