import { and, asc, gt, inArray } from 'drizzle-orm';
import type { HostView } from '#core/wire.ts';
import { hosts } from '#db/schema/index.ts';
import type { Call } from '../../http/env.ts';
import { type NamedPage, namedPageMax, pageByName } from '../../http/page.ts';
import { isVisible, visibleTo } from '../../visible.ts';
import { hostViews } from '../../views/host.ts';

/** Hosts by name; the cursor is the last name of the page before. */
export async function listHosts({
  ctx,
  input: { cursor, limit = namedPageMax },
}: Call<Partial<NamedPage>>): Promise<{ items: HostView[]; next: string | null }> {
  const seen = isVisible(hosts.cluster, await visibleTo(ctx, 'read'));
  const { read } = ctx.deps.store;
  const after = cursor === undefined ? undefined : gt(hosts.name, cursor);
  const page = read
    .select({ name: hosts.name })
    .from(hosts)
    .where(and(after, seen))
    .orderBy(asc(hosts.name))
    .limit(limit + 1);
  return pageByName(await hostViews(read, inArray(hosts.name, page)), limit);
}
