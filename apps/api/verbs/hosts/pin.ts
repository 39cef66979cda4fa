import type { z } from 'zod';
import type { Operation } from '#core/operation.ts';
import type { pinHostSchema } from '#core/wire.ts';
import type { Call } from '../../http/env.ts';
import { hostView } from '../../views/host.ts';
import { authoriseIdentity } from './authorise-identity.ts';
import { operateOnHost } from './operate.ts';
import { recordedMachine } from './recorded.ts';

/**
 * Holds a host to another key, once a worker has seen that key and, behind it, the engine on record. What it was held to
 * and what is known of the machine go into the request, and so on record. @throws AppError `not_found`, `locked`
 */
export async function pinHost({
  ctx,
  input: { name, fingerprint, force, reason },
}: Call<z.output<typeof pinHostSchema> & { name: string }>): Promise<Operation> {
  await authoriseIdentity(ctx, 'pin-host');
  const { read } = ctx.deps.store;
  const host = await hostView(read, name);
  const recorded = await recordedMachine(read, host);
  const request = { kind: 'pin-host', host: name, fingerprint, replaces: host.hostKeys, recorded, force } as const;
  return await operateOnHost({ ctx, input: { request, reason } });
}
