import { and, asc, eq, inArray, lte } from 'drizzle-orm';
import { noPolicy } from '#core/access/policy.ts';
import { AppError } from '#core/errors.ts';
import { operationKinds, takesTurn } from '#core/operation.ts';
import { lengthText } from '#core/length.ts';
import { isTakenDown } from '#core/spec/taken-down.ts';
import { update } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import type { Reader } from '#db/reader.ts';
import { clusters, operations, schedules } from '#db/schema/index.ts';
import { commit } from '../../commit.ts';
import type { Deps } from '../../deps.ts';
import type { Context } from '../../http/env.ts';
import type { ClusterRow } from '../../views/cluster.ts';
import { currentRevision } from '../../views/revision.ts';
import { acceptOperation } from '../operations/accept.ts';

type Due = typeof schedules.$inferSelect;

/**
 * Starts the verifications that are due. One waits while anything of its cluster that takes turns is unfinished, so
 * that it runs beside no change and never twice at once; the next is due one interval after this one began, so that
 * what was missed is not made up. Knows no runtime: the sweeper calls it on Node, a scheduled handler may elsewhere.
 */
export async function startDueVerifications(deps: Deps): Promise<void> {
  const due = await deps.store.read
    .select({ schedule: schedules, cluster: clusters })
    .from(schedules)
    .innerJoin(clusters, eq(clusters.name, schedules.cluster))
    .where(lte(schedules.dueMs, deps.nowMs()))
    .orderBy(asc(schedules.dueMs));
  for (const { schedule, cluster } of due) {
    if (await isThere(deps.store.read, cluster)) await startOne(deps, schedule);
    else await commit(deps, { changes: [movedOn(deps, schedule)], events: [] });
  }
}

/** What was never formed is told by a verification; what is taken down has nothing to verify. */
async function isThere(read: Reader, cluster: ClusterRow): Promise<boolean> {
  if (cluster.mode === 'adopted') return Object.keys(cluster.nodes).length > 0;
  const current = await currentRevision(read, cluster);
  return current !== null && !isTakenDown(current.spec);
}

async function startOne(deps: Deps, schedule: Due): Promise<void> {
  const { cluster, dueMs } = schedule;
  const { read } = deps.store;
  const asDue = read
    .select({ cluster: schedules.cluster })
    .from(schedules)
    .where(and(eq(schedules.cluster, cluster), eq(schedules.dueMs, dueMs)));
  const unfinished = read
    .select({ id: operations.id })
    .from(operations)
    .where(
      and(
        eq(operations.cluster, cluster),
        inArray(operations.kind, turnKinds),
        inArray(operations.state, ['queued', 'running']),
      ),
    )
    .limit(1);
  // Most of the time the answer is known before the commit, which would only refuse.
  if ((await unfinished).length > 0) return;
  try {
    await acceptOperation(contextFor(deps, schedule), {
      request: { kind: 'verify', networks: [], connectivity: null },
      cluster,
      reason: null,
      expects: [someRow('it is still due', asDue), noRow('nothing of the cluster is unfinished', unfinished)],
      changes: (operation) => [movedOn(deps, schedule, operation)],
    });
  } catch (error) {
    // Another process started it, or somebody began something: the next sweep looks again.
    if (!(error instanceof AppError && error.code === 'conflict')) throw error;
  }
}

const turnKinds = operationKinds.filter((kind) => takesTurn(kind));

const movedOn = ({ nowMs }: Deps, { cluster, everySeconds }: Due, lastOperation?: string) =>
  update(schedules)
    .set({ dueMs: nowMs() + everySeconds * 1000, ...(lastOperation === undefined ? {} : { lastOperation }) })
    .where(eq(schedules.cluster, cluster));

/** The schedule acts by itself: whoever set it was allowed to, and is on record. */
const contextFor = (deps: Deps, { cluster, everySeconds }: Due): Context => ({
  deps,
  requestId: `schedule-${cluster}`,
  caller: {
    actor: { kind: 'schedule', name: `verify every ${lengthText(everySeconds)}` },
    role: 'operator',
    source: 'schedule',
    token: '',
    expiresAt: null,
    subject: { kind: 'worker' },
    policy: noPolicy,
    notices: 0,
  },
});
