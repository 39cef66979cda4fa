import { and, eq } from 'drizzle-orm';
import { actOnHost } from '#core/access/act.ts';
import { AppError } from '#core/errors.ts';
import { someRow } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import { commit, timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import type { OperationRow } from '../../views/operation.ts';
import { currentRevision } from '../../views/revision.ts';
import { endingOf } from '../operations/ending.ts';
import { askedParts } from './awaiting.ts';
import { gateOf } from './gate.ts';
import type { Pass } from './pass.ts';

const nothing: Pass = { expects: [], changes: [], events: [] };

/**
 * The last look before a change of one host that has no plan (an engine that restarts, a host that is cleaned): what a
 * plan has to pass before it is accepted, this has to pass before its first lease.
 * @throws AppError `busy` when it waits for approval from now on, `conflict` when it is refused and so over
 */
export async function passHostAct(ctx: Context, row: OperationRow): Promise<Pass> {
  if (row.state !== 'queued' || row.cluster === null) return nothing;
  const { read } = ctx.deps.store;
  const revision = await currentRevision(read, await clusterRow(read, row.cluster));
  const act = await actOnHost(row.request, row.cluster, revision?.spec ?? null);
  if (act === null) return nothing;
  const gate = await gateOf(ctx, row, act);
  if (gate.kind === 'open') return gate;
  const at = timeOf(ctx.deps.nowMs());
  const isQueued = read
    .select({ id: operations.id })
    .from(operations)
    .where(and(eq(operations.id, row.id), eq(operations.state, 'queued'), eq(operations.fence, row.fence)));
  const expects = [someRow('it still waits for its turn', isQueued)];
  if (gate.kind === 'refused') {
    await commit(ctx.deps, { expects, ...(await endingOf(ctx, row, { state: 'blocked', error: gate.error }, at)) }, [
      row.id,
    ]);
    throw new AppError('conflict', gate.error.message, { done: 'Nothing was changed on any host.' });
  }
  const parts = await askedParts(ctx, row, { act, makers: makersOf(row), gate });
  await commit(ctx.deps, { ...parts, expects: [...expects, ...parts.expects] }, [row.id]);
  throw new AppError('busy', `Operation ${row.id} awaits approval`, {
    done: 'Nothing was done.',
    next: 'Wait for the next ring.',
  });
}

const makersOf = ({ actor }: OperationRow): string[] => ('person' in actor ? [actor.person ?? []].flat() : []);
