import type { HostView } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { hostView } from '../../views/host.ts';

/** @throws AppError `not_found` */
export async function showHost({ ctx, input }: Call<{ name: string }>): Promise<HostView> {
  const host = await hostView(ctx.deps.store.read, input.name);
  await authorise(ctx, 'read', host.cluster);
  return host;
}
