import { and, eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { Report } from '#core/report.ts';
import { update } from '#db/change.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import type { Unit } from '#db/store.ts';
import { authorise } from '../../access.ts';
import { commit, timeOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { operationRow, type OperationRow } from '../../views/operation.ts';
import { endingOf } from '../operations/ending.ts';
import { asWorker } from './as-worker.ts';
import { conclusionOf } from './conclusion.ts';
import { type Held, staleFence, stillHeld } from './held.ts';
import { effectOf } from './report-effects.ts';
import { reportWorld } from './report-world.ts';
import { takenDown } from './taken-down.ts';
import { turned } from './turned.ts';

export type TakeReports = Held & { reports: Report[] };
export interface Taken {
  /** Sequence of the last report that is on record now. */
  accepted: number;
  cancelRequested: boolean;
}

/** A batch that was sent twice at once loses the race, and finds itself on record at the next look. */
const triesMax = 3;

/**
 * Takes a batch of reports in one commit: ledger, events, what the reports teach us, and the end. A report that was
 * taken before changes nothing. @throws AppError `not_found`, `stale_fence`, `conflict` for a gap, `invalid_input`
 */
export async function takeReports({ ctx: tokenCtx, input }: Call<TakeReports>): Promise<Taken> {
  const ctx = asWorker(tokenCtx, input.worker);
  await authorise(ctx, 'worker.work');
  for (let attempt = 1; ; attempt++) {
    const row = await operationRow(ctx.deps.store.read, input.id);
    // The holder is forgotten when the operation ends; its fence is not, and no other worker knew it.
    if (row.fence !== input.fence) throw staleFence(input);
    const fresh = freshReports(row, input.reports);
    if (fresh.length === 0) return { accepted: row.lastReport, cancelRequested: row.cancelRequested };
    if (row.state !== 'running' || row.leaseHolder !== input.worker) throw staleFence(input);
    try {
      await commit(ctx.deps, await unitOf(ctx, { held: input, row, fresh }), [row.id]);
      return { accepted: row.lastReport + fresh.length, cancelRequested: row.cancelRequested };
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'conflict') || attempt === triesMax) throw error;
    }
  }
}

/** The reports that are not on record yet, which must follow on it without a gap. @throws AppError `conflict` */
function freshReports(row: OperationRow, reports: readonly Report[]): Report[] {
  const fresh = reports.filter(({ sequence }) => sequence > row.lastReport).sort((a, b) => a.sequence - b.sequence);
  fresh.forEach(({ sequence }, index) => {
    const expected = row.lastReport + 1 + index;
    if (sequence === expected) return;
    throw new AppError('conflict', `Report ${expected} of ${row.id} is expected, and ${sequence} came`, {
      done: 'Nothing of this batch was taken.',
      next: `Send the reports from ${expected} on.`,
    });
  });
  const end = fresh.findIndex(({ body }) => body.type === 'ended');
  if (end === -1 || end === fresh.length - 1) return fresh;
  throw new AppError('invalid_input', 'A report follows the one that ends the operation', {
    done: 'Nothing of this batch was taken.',
  });
}

interface Batch {
  held: Held;
  row: OperationRow;
  fresh: Report[];
}

async function unitOf(ctx: Context, { held, row, fresh }: Batch): Promise<Unit> {
  const at = timeOf(ctx.deps.nowMs());
  const world = await reportWorld(ctx, row, fresh);
  const effects = fresh.map(({ body }) => effectOf(body, world));
  const conclusion = conclusionOf(world, fresh);
  const [ending, ...last] =
    conclusion === null
      ? [null]
      : await Promise.all([
          endingOf(ctx, row, conclusion, at),
          takenDown(ctx, row, conclusion),
          turned(ctx, row, conclusion),
        ]);
  return {
    expects: [stillHeld(ctx.deps.store.read, held), noneTaken(ctx, row)],
    changes: [
      ...effects.flatMap(({ changes }) => changes),
      update(operations)
        .set({ lastReport: row.lastReport + fresh.length })
        .where(eq(operations.id, row.id)),
      ...last.flatMap(({ changes }) => changes),
      ...(ending?.changes ?? []),
    ],
    events: [
      ...effects.flatMap(({ events }) => events),
      ...last.flatMap(({ events }) => events),
      ...(ending?.events ?? []),
    ],
    dispatch: ending?.dispatch ?? [],
  };
}

const noneTaken = (ctx: Context, row: OperationRow): Guard =>
  someRow(
    'no report was taken since',
    ctx.deps.store.read
      .select({ id: operations.id })
      .from(operations)
      .where(and(eq(operations.id, row.id), eq(operations.lastReport, row.lastReport))),
  );
