import { and, eq, sql } from 'drizzle-orm';
import type { AuditDraft } from '#core/audit.ts';
import { AppError } from '#core/errors.ts';
import { anyAlgorithm } from '#core/host.ts';
import { stepSucceeded } from '#core/step.ts';
import type { ReportBody } from '#core/report.ts';
import { type Change, deleteFrom, insertInto, update } from '#db/change.ts';
import { clusters, hostKeys, hosts, operations, steps } from '#db/schema/index.ts';
import { nextEvent, recordOf } from '../../commit.ts';
import type { Effect } from './effect.ts';
import { keepPreflight, keepVerification } from './kept-reports.ts';
import { hostKeyAlarm, keptFacts } from './observed.ts';
import { moveHost } from './moved-host.ts';
import { noteAskedKey, renewPin } from './renewed-pin.ts';
import type { ReportWorld } from './report-world.ts';

type BodyOf<T extends ReportBody['type']> = Extract<ReportBody, { type: T }>;
type Effects = { [T in ReportBody['type']]: (body: BodyOf<T>, world: ReportWorld) => Effect };

const none: Effect = { changes: [], events: [] };

/** What each kind of report changes; a kind without an effect does not compile. @throws AppError `invalid_input` */
const effects: Effects = {
  'step-started': ({ step }, world) => ({
    ...none,
    changes: world.endsHere.has(step) ? [] : [stepChange(world, step, { state: 'running' })],
  }),
  'step-ended': ({ step, outcome, ms }, world) => ({
    changes: [
      stepChange(world, step, { state: 'ended', outcome, ms: Math.round(ms) }),
      ...(stepSucceeded(outcome) ? letGo(world, step) : []),
    ],
    events:
      outcome.kind === 'failed' && outcome.error.code === 'host_key_changed'
        ? alarmOnce(world, world.ledger.get(step)?.step.host ?? null, outcome.error.message)
        : [],
  }),
  note: () => none,
  finding: () => none,
  'host-key': ({ host, key, at }, world) => pinKey(world, host, key, at),
  'host-facts': ({ host, facts, at }, world) => ({
    ...none,
    changes: [
      ...(world.hosts.has(host) ? [keptFacts(host, at, facts)] : []),
      ...(world.row.kind === 'probe-host' ? [resultChange(world, { host, facts })] : []),
    ],
  }),
  node: ({ host, nodeId }, world) => ({ ...none, changes: nodesChange(world, { [host]: nodeId }) }),
  swarm: ({ swarmId, nodes }, world) => recordSwarm(world, swarmId, nodes),
  verification: ({ verification, at }, world) => {
    const { id, changes } = keepVerification(world, at, verification);
    const { verdict, sampled, seconds } = verification;
    world.verdict = verdict;
    return {
      ...none,
      changes: [...changes, resultChange(world, { verification: id, verdict, sampled, seconds })],
      ...(world.row.cluster === null ? {} : { told: { type: 'report', kind: 'verification', id } }),
    };
  },
  preflight: ({ preflight, at }, world) => {
    const { id, changes } = keepPreflight(world, at, preflight);
    const { verdict, sampled, seconds } = preflight;
    // At the start of an apply it is one part of it, and the result is that of the verification at its end.
    const isWhole = world.row.kind === 'preflight';
    if (isWhole) world.verdict = verdict;
    const result = isWhole ? [resultChange(world, { preflight: id, verdict, sampled, seconds })] : [];
    return { ...none, changes: [...changes, ...result], told: { type: 'report', kind: 'preflight', id } };
  },
  inspection: ({ inspection }, world) => ({ ...none, changes: [resultChange(world, inspection)] }),
  running: ({ running }, world) => ({ ...none, changes: [resultChange(world, running)] }),
  // The end is judged with the whole batch: see conclusion.ts.
  ended: ({ state, error, at }, world) =>
    state === 'succeeded'
      ? afterSuccess(world, at)
      : {
          ...none,
          events: error?.code === 'host_key_changed' ? alarmOnce(world, error.host ?? null, error.message) : [],
        },
};

/** What a worker has found to be so becomes what is on record, where that was asked for. */
function afterSuccess(world: ReportWorld, at: string): Effect {
  const all = [renewPin(world, at), moveHost(world)];
  return { changes: all.flatMap(({ changes }) => changes), events: all.flatMap(({ events }) => events) };
}

/** Bodies that watchers do not see: the end becomes a `state` event, and facts are no news. */
const untold = new Set<ReportBody['type']>(['ended', 'host-facts']);

export function effectOf(body: ReportBody, world: ReportWorld): Effect {
  const { changes, events, told = body } = apply(body, world);
  if (untold.has(body.type)) return { changes, events };
  return { changes: [...changes, nextEvent(world.row.id, body.at, told)], events };
}

/** The cast is safe: `effects` has the function of a body under that body's own type. */
const apply = (body: ReportBody, world: ReportWorld): Effect =>
  (effects[body.type] as (body: ReportBody, world: ReportWorld) => Effect)(body, world);

function stepChange(world: ReportWorld, id: string, set: Partial<typeof steps.$inferInsert>): Change {
  const known = world.ledger.get(id);
  if (known === undefined) {
    throw new AppError('invalid_input', `Operation ${world.row.id} has no step ${id} in its plan`, {
      done: 'Nothing of this batch was taken.',
    });
  }
  world.ledger.set(id, { ...known, state: set.state ?? known.state, outcome: set.outcome ?? known.outcome });
  return update(steps)
    .set(set)
    .where(and(eq(steps.operation, world.row.id), eq(steps.id, id)));
}

/**
 * A host whose node is removed belongs to the cluster no more. Of one that was not seen it stays on record which node it
 * was: when it comes back it still believes to be that one.
 */
function letGo(world: ReportWorld, id: string): Change[] {
  const step = world.ledger.get(id)?.step;
  if (step?.kind !== 'remove-node' || world.cluster === null) return [];
  const { node, force } = step.args;
  const isMember = and(eq(hosts.name, node), eq(hosts.cluster, world.cluster.name));
  return [update(hosts).set({ cluster: null }).where(isMember), ...(force ? [] : nodesChange(world, { [node]: null }))];
}

const resultChange = ({ row }: ReportWorld, result: unknown): Change =>
  update(operations).set({ result }).where(eq(operations.id, row.id));

function nodesChange({ cluster }: ReportWorld, nodes: Record<string, string | null>): Change[] {
  if (cluster === null) return [];
  // RFC 7396 merge: what two operations learn at once is joined, not overwritten; null takes one away.
  const merged = sql`json_patch(${clusters.nodes}, ${JSON.stringify(nodes)})`;
  return [update(clusters).set({ nodes: merged }).where(eq(clusters.name, cluster.name))];
}

/** The first swarm id is kept for good: another one later means that somebody made another swarm. */
function recordSwarm(world: ReportWorld, swarmId: string, nodes: Record<string, string>): Effect {
  const { ctx, row, cluster } = world;
  if (cluster === null) return none;
  const record = (action: string, details: Record<string, unknown>): AuditDraft =>
    recordOf(ctx, {
      action,
      outcome: 'recorded',
      cluster: cluster.name,
      target: { kind: 'cluster', id: cluster.name },
      operation: row.id,
      details,
    });
  if (cluster.swarmId === swarmId) return { changes: nodesChange(world, nodes), events: [] };
  if (cluster.swarmId !== null) {
    return { changes: [], events: [record('swarm.mismatch', { recorded: cluster.swarmId, seen: swarmId })] };
  }
  world.cluster = { ...cluster, swarmId };
  return {
    changes: [update(clusters).set({ swarmId }).where(eq(clusters.name, cluster.name)), ...nodesChange(world, nodes)],
    events: [record('swarm.recorded', { swarmId })],
  };
}

/** Pins a key at first contact, or gives a pin by fingerprint its algorithm. A pinned key is never replaced here. */
function pinKey(world: ReportWorld, name: string, key: { algorithm: string; fingerprint: string }, at: string): Effect {
  const host = world.hosts.get(name);
  if (host === undefined) return none;
  const { algorithm, fingerprint } = key;
  const asked = noteAskedKey(world, name, key);
  if (asked !== null) return asked;
  if (host.hostKeys.some((pin) => pin.algorithm === algorithm && pin.fingerprint === fingerprint)) return none;
  const typed = host.hostKeys.some((pin) => pin.algorithm === anyAlgorithm && pin.fingerprint === fingerprint);
  const firstContact = host.acceptNew && host.hostKeys.length === 0;
  const message = `${name} showed the key ${fingerprint}, which is not the pinned one`;
  if (!typed && !firstContact) return { changes: [], events: alarmOnce(world, name, message) };
  world.hosts.set(name, { ...host, hostKeys: [key] });
  const pin = { host: name, ...key, pinnedAt: at };
  const byFingerprint = and(eq(hostKeys.host, name), eq(hostKeys.algorithm, anyAlgorithm));
  return {
    changes: [
      ...(typed ? [deleteFrom(hostKeys).where(byFingerprint)] : []),
      insertInto(hostKeys).values(pin).onConflictDoNothing(),
    ],
    events: [
      recordOf(world.ctx, {
        action: 'host-key.pinned',
        outcome: 'recorded',
        cluster: world.row.cluster,
        target: { kind: 'host', id: name },
        operation: world.row.id,
        details: { ...key, how: typed ? 'fingerprint' : 'first contact' },
      }),
    ],
  };
}

/** One security event for each host and operation, however often the worker meets the wrong key. */
function alarmOnce(world: ReportWorld, host: string | null, message: string): AuditDraft[] {
  if (world.alarmed.has(host ?? '')) return [];
  world.alarmed.add(host ?? '');
  return [hostKeyAlarm(world.ctx, world.row, host, message)];
}
