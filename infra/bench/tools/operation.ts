import { type Client, unwrap } from '#api/client.ts';
import { isFinished } from '#core/operation.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import type { Lab } from '#lab/types.ts';

/** Registers every host of the lab by the fingerprint of its key, without connecting to it. */
export async function addHosts(client: Client, lab: Lab): Promise<void> {
  for (const host of lab.hosts) {
    const { name, address, user } = host;
    const fingerprint = await host.hostKeyFingerprint();
    await unwrap(client.v1.hosts.$post({ json: { name, address, user, fingerprint } }));
  }
}

/**
 * All that a user waits for: propose the spec, apply it, hear how it ended. Throws when it did not succeed. The preflight
 * is left out: the floor has none, and what it costs is measured apart (`bench verify`).
 */
export async function applySpec(client: Client, spec: SpecInput): Promise<OperationView> {
  const param = { cluster: spec.cluster };
  await unwrap(client.v1.clusters[':cluster'].spec.$put({ param, json: { spec } }));
  const json = { preflight: 'skip' } as const;
  const { id } = await unwrap(client.v1.clusters[':cluster'].apply.$post({ param, header: {}, json }));
  return succeeded(client, id);
}

/** The operation once it has succeeded. Throws when it ended in another way. */
export async function succeeded(client: Client, id: string): Promise<OperationView> {
  const view = await ended(client, id);
  if (view.state === 'succeeded') return view;
  throw new Error(`${id} ended as ${view.state}: ${view.error?.message ?? 'no reason'}`);
}

/** The operation once it has ended, however. */
export async function ended(client: Client, id: string): Promise<OperationView> {
  for (;;) {
    const view = await unwrap(client.v1.operations[':id'].$get({ param: { id }, query: { wait: '60' } }));
    if (isFinished(view.state)) return view;
  }
}
