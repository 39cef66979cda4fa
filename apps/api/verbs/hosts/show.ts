import { eq } from 'drizzle-orm';
import type { HostView } from '#core/wire.ts';
import { hosts } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { hostRow, hostViews } from '../../views/host.ts';
import { oneOf } from '../../views/one-of.ts';

/** @throws AppError `not_found` */
export async function showHost({ ctx, input }: Call<{ name: string }>): Promise<HostView> {
  const { cluster } = await hostRow(ctx.deps.store.read, input.name);
  await authorise(ctx, 'read', cluster);
  return oneOf(await hostViews(ctx.deps.store.read, eq(hosts.name, input.name)));
}
