import type { ClientResponse } from 'hono/client';
import type { RevisionView } from '#core/wire.ts';
import type { Api } from '#cli/api.ts';

/** A revision to plan and apply. */
export interface Proposal<V extends RevisionView = RevisionView> {
  revision: V;
  /** False when it was there before: then it is not ours to take back. */
  isNew: boolean;
}

/** Waits for a call that proposes a revision: 201 when it made one, 200 when that spec was there already. */
export async function propose<V extends RevisionView>(
  { ask }: Api,
  call: Promise<ClientResponse<V, 200, 'json'> | ClientResponse<V, 201, 'json'>>,
): Promise<Proposal<V>> {
  const response = await call;
  return { revision: await ask(Promise.resolve(response)), isNew: response.status === 201 };
}

/**
 * Takes a proposal back that did not come to be, so that the next edit does not build on it. Leaves alone what was
 * applied, what an operation still works on, and what somebody else proposed.
 */
export async function takeBack({ client }: Api, { revision, isNew }: Proposal, reason: string): Promise<void> {
  if (!isNew) return;
  const param = { cluster: revision.cluster, number: String(revision.number) };
  // A refusal means that it came to be after all; what the command has to tell is told already.
  await client.v1.clusters[':cluster'].revisions[':number'].withdraw
    .$post({ param, json: { reason } })
    .catch(() => undefined);
}
