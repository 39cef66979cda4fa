import { and, eq, inArray, isNotNull, or, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { deleteFrom } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { hostFacts, hostKeys, hosts, operations } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { hostRow } from '../../views/host.ts';

/** Forgets a host and its pinned keys; nothing on the host is touched. @throws AppError `not_found`, `conflict`. */
export async function removeHost({ ctx, input: { name } }: Call<{ name: string }>): Promise<{ removed: string }> {
  await authorise(ctx, 'host.remove');
  const { read } = ctx.deps.store;
  const host = await hostRow(read, name);
  const behind = await read.query.hosts.findFirst({ where: eq(hosts.via, name) });
  await commit(ctx.deps, {
    expects: [
      noRow(
        'the host belongs to no cluster',
        read
          .select({ name: hosts.name })
          .from(hosts)
          .where(and(eq(hosts.name, name), isNotNull(hosts.cluster))),
        () =>
          refusal(
            `${name} belongs to the cluster ${host.cluster}`,
            `Take it out first: \`flotilla node rm ${name}\`, or \`flotilla cluster forget ${host.cluster}\` where that was adopted.`,
          ),
      ),
      noRow(
        'no operation is about to use it',
        read
          .select({ id: operations.id })
          .from(operations)
          .where(
            and(
              inArray(operations.state, ['queued', 'running']),
              or(
                sql`json_extract(${operations.request}, '$.host') = ${name}`,
                sql`json_extract(${operations.request}, '$.to.via') = ${name}`,
              ),
            ),
          ),
        () => refusal(`An operation on ${name} is not finished`, 'Wait for it, or cancel it: `flotilla ops ls`.'),
      ),
      noRow(
        'no host is reached through it',
        read.select({ name: hosts.name }).from(hosts).where(eq(hosts.via, name)),
        () => refusal(`${behind?.name ?? 'another host'} is reached through ${name}`, 'Remove that host first.'),
      ),
    ],
    changes: [
      deleteFrom(hostKeys).where(eq(hostKeys.host, name)),
      deleteFrom(hostFacts).where(eq(hostFacts.host, name)),
      deleteFrom(hosts).where(eq(hosts.name, name)),
    ],
    events: [recordOf(ctx, { action: 'host.removed', outcome: 'succeeded', target: { kind: 'host', id: name } })],
  });
  return { removed: name };
}

const refusal = (message: string, next: string): AppError =>
  new AppError('conflict', message, { done: 'Nothing was changed.', next });
