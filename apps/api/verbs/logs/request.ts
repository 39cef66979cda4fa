import type { z } from 'zod';
import type { AuditDraft } from '#core/audit.ts';
import { AppError } from '#core/errors.ts';
import { logTailDefault, logTailMax } from '#core/log-limits.ts';
import { type LogsRequest, sinceOf } from '#core/logs.ts';
import type { Operation } from '#core/operation.ts';
import type { logsOptionsSchema } from '#core/wire.ts';
import { authorise } from '../../access.ts';
import { recordOf } from '../../commit.ts';
import type { Call, Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { refuseWithoutNodes } from '../clusters/nothing-there.ts';
import { acceptOperation } from '../operations/accept.ts';

export type RequestLogs = z.output<typeof logsOptionsSchema> &
  Pick<LogsRequest, 'of' | 'name'> & { cluster: string; task?: string | null };

/**
 * Has a worker read what a service or a container printed. The record says who looked at what; what was printed goes to
 * `readLogs` alone. Takes no turn. @throws AppError `not_found`, `conflict`, `invalid_input`, `not_supported_yet`
 */
export async function requestLogs({ ctx, input }: Call<RequestLogs>): Promise<Operation> {
  const { of, name, cluster: clusterName, task = null, reason } = input;
  await authorise(ctx, 'logs.read', clusterName);
  const cluster = await clusterRow(ctx.deps.store.read, clusterName);
  await refuseWithoutNodes(ctx.deps.store.read, cluster);
  const { answers } = ctx.deps;
  if (answers === null) throw notHere();
  const since = input.since === null ? null : momentOf(input.since, ctx.deps.nowMs());
  const tail = input.tail ?? (since === null ? logTailDefault : logTailMax);
  const follow = input.follow ? { follow: true } : {};
  const request: LogsRequest = { kind: 'logs', of, name, task, tail, since, ...follow };
  const operation = await acceptOperation(ctx, {
    request,
    cluster: clusterName,
    reason,
    events: (id) => [lookOf(ctx, request, { cluster: clusterName, reason, operation: id })],
  });
  answers.expect(operation.id);
  return operation;
}

/** Found by what was looked at: the operation's own events name the operation. */
const lookOf = (
  ctx: Context,
  { of, name, task, tail, since, follow = false }: LogsRequest,
  about: { cluster: string; reason: string | null; operation: string },
): AuditDraft =>
  recordOf(ctx, {
    action: 'logs.requested',
    outcome: 'recorded',
    ...about,
    target: { kind: of, id: name },
    details: { task, tail, since, ...(follow ? { follow } : {}) },
  });

function momentOf(text: string, nowMs: number): string {
  const since = sinceOf(text, nowMs);
  if (since !== null) return since;
  throw new AppError('invalid_input', `${text} is no time`, {
    done: 'Nothing was done.',
    next: 'Write a length such as 10m or 2h, or a time such as 2026-11-28T18:00Z.',
    issues: [{ pointer: '/since', message: 'must be a length such as 10m, or a time (RFC 3339)' }],
  });
}

const notHere = (): AppError =>
  new AppError(
    'not_supported_yet',
    'A control plane at the edge hands over no logs: it has no memory to pass them through',
    {
      done: 'Nothing was done.',
      next: 'Use `docker logs` on the host, or a control plane on Node.',
    },
  );
