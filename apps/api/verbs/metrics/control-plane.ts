import { asc, count, eq } from 'drizzle-orm';
import { operationStates } from '#core/operation.ts';
import type { Metric, Sample } from '#core/reports/exposition.ts';
import { deliveryStates } from '#core/webhooks/contract.ts';
import { outMessageStates } from '#core/webhooks/out/contract.ts';
import type { Reader } from '#db/reader.ts';
import { operations, webhookDeliveries, webhookMessages } from '#db/schema/index.ts';
import type { Deps } from '../../deps.ts';

/** What the database, the queue and the record say now: the same whoever of many processes is asked. */
export async function controlPlaneMetrics(deps: Deps): Promise<Metric[]> {
  const { read } = deps.store;
  const [byState, oldest, deliveries, messages, queue, record] = await Promise.all([
    read.select({ state: operations.state, number: count() }).from(operations).groupBy(operations.state),
    oldestOf(read, deps.nowMs()),
    read
      .select({ state: webhookDeliveries.state, number: count() })
      .from(webhookDeliveries)
      .groupBy(webhookDeliveries.state),
    read.select({ state: webhookMessages.state, number: count() }).from(webhookMessages).groupBy(webhookMessages.state),
    queueMetrics(deps),
    recordMetrics(deps),
  ]);
  return [
    gauge('flotilla_build_info', 'Always 1; the version is a label.', [
      { labels: { version: deps.version }, value: 1 },
    ]),
    gauge('flotilla_operations', 'Operations by state; those that ended stay.', counted(operationStates, byState)),
    gauge(
      'flotilla_operation_oldest_seconds',
      'Age of the oldest operation in a state; 0 where there is none.',
      oldest,
    ),
    ...queue,
    ...record,
    gauge(
      'flotilla_webhook_deliveries',
      'Webhooks that came in and are kept, by state.',
      counted(deliveryStates, deliveries),
    ),
    gauge(
      'flotilla_webhook_messages',
      'Webhooks that go out and are kept, by state.',
      counted(outMessageStates, messages),
    ),
  ];
}

const open = ['queued', 'running', 'awaiting-approval'] as const;

const oldestOf = (read: Reader, nowMs: number): Promise<Sample[]> =>
  Promise.all(
    open.map(async (state) => {
      const ofState = read
        .select({ createdAt: operations.createdAt })
        .from(operations)
        .where(eq(operations.state, state));
      const [first] = await ofState.orderBy(asc(operations.number)).limit(1);
      const value = first === undefined ? 0 : Math.max(0, nowMs - Date.parse(first.createdAt)) / 1000;
      return { labels: { state }, value };
    }),
  );

async function queueMetrics({ dispatch }: Deps): Promise<Metric[]> {
  const depth = await dispatch.depth();
  const jobs = Object.entries(depth ?? {}).map(([state, value]) => ({ labels: { state }, value }));
  return [
    gauge('flotilla_queue_up', 'Whether rings for workers get through (1) or not (0).', [
      one(Number(dispatch.away === null)),
    ]),
    gauge('flotilla_queue_jobs', 'Rings in Redis by state; none are told while it is away.', jobs),
    counter('flotilla_lost_rings_total', 'Rings that did not get through since the start; each is rung again.', [
      one(dispatch.failures),
    ]),
  ];
}

async function recordMetrics({ store, record, nowMs }: Deps): Promise<Metric[]> {
  const { sequence } = await store.head();
  const head = gauge('flotilla_audit_head_sequence', 'Number of the last event on record.', [one(sequence)]);
  if (record === null) return [head];
  const { fault, last, failedPushes } = await record.state();
  const ageS = last === null ? [] : [one(Math.max(0, nowMs() - Date.parse(last.at)) / 1000)];
  return [
    head,
    gauge('flotilla_audit_whole', 'Whether the record fits its checkpoints (1); at 0 nothing is written.', [
      one(Number(fault === null)),
    ]),
    gauge('flotilla_audit_checkpoint_sequence', 'Last event that a signed checkpoint covers.', [one(last?.size ?? 0)]),
    gauge('flotilla_audit_checkpoint_age_seconds', 'How long ago the last checkpoint was signed.', ageS),
    counter('flotilla_audit_push_failures_total', 'Checkpoints that did not get to where they are pushed.', [
      one(failedPushes),
    ]),
  ];
}

const metric =
  (type: Metric['type']) =>
  (name: string, help: string, samples: readonly Sample[]): Metric => ({ name, type, help, samples });
const gauge = metric('gauge');
const counter = metric('counter');
const one = (value: number): Sample => ({ labels: {}, value });

/** A sample for each state, also for those that nothing is in. */
const counted = (states: readonly string[], rows: readonly { state: string; number: number }[]): Sample[] =>
  states.map((state) => ({ labels: { state }, value: rows.find((row) => row.state === state)?.number ?? 0 }));
