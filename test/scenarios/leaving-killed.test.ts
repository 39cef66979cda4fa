import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import type { Lab } from '#lab/types.ts';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { appliedWhileKilled } from './support/killed-worker.ts';
import type { Phase } from './support/kill-points.ts';
import { labForTest, markEngines, takeDownWhole } from './support/lab-for-test.ts';
import { addHosts, propose, succeeded } from './support/operations.ts';
import { linesOf } from './support/verifications.ts';

/**
 * A worker is killed again and again while it takes a manager out of the swarm and rotates a token: around each call that changes something,
 * or before the report of each step's end. The host leaves once, whatever happens, and joins again for the next round.
 */
let lab: Lab;
let plane: ControlPlane;
beforeAll(async () => {
  lab = await labForTest({ id: 'leaving-killed', hosts: 2 });
  plane = await startControlPlane();
  await addHosts(plane.api, lab.hosts);
});
afterAll(async () => {
  await plane?.close();
  if (lab !== undefined) await takeDownWhole(lab);
});

const both: SpecInput = { cluster: 'demo', nodes: { h1: { role: 'manager' }, h2: { role: 'manager' } } };

const calls = ['POST /nodes/[^/]+/update', 'POST /swarm/leave', 'DELETE /nodes/', 'POST /swarm/update'];
const ends = ['set-node:h2', 'drain-node:h2', 'leave-swarm:h2', 'remove-node:h2', 'rotate-join-token:worker', 'end'];

const edit = (verb: string, args: Record<string, unknown>): Promise<unknown> =>
  unwrap(plane.api.v1.clusters[':cluster'].edits.$post({ param: { cluster: 'demo' }, json: { verb, args } }));

const applied = async (phase: Phase, points: readonly string[]): Promise<OperationView> =>
  succeeded(await appliedWhileKilled(plane, lab, phase, points));

describe.each<[Phase, string[]]>([
  ['before the call', calls],
  ['before the answer is read', calls],
  ['before the report', ends],
])('killed %s', (phase, points) => {
  test('of every step, the host leaves once and is an ordinary host then', async () => {
    await propose(plane.api, both);
    await applied(phase, []);
    const marks = await markEngines(lab);
    await edit('node rm', { host: 'h2' });
    await edit('cluster rotate-token', { role: 'worker' });
    await applied(phase, points);
    const { h1 = [], h2 = [] } = await marks.calls();
    const kinds = h1.map((call) => call.replace(/[0-9a-z]{25}.*|\?.*/, '…'));
    // Demoted, drained, taken off the list, and the token rotated: each once.
    expect(kinds).toEqual(['POST /nodes/…', 'POST /nodes/…', 'DELETE /nodes/…', 'POST /swarm/update…']);
    expect(h2).toEqual(['POST /swarm/leave']);
    expect(await linesOf(lab.host('h2'), ['docker', 'info', '--format', '{{.Swarm.LocalNodeState}}'])).toEqual([
      'inactive',
    ]);
    const { cluster } = await unwrap(plane.api.v1.hosts[':name'].$get({ param: { name: 'h2' } }));
    expect(cluster).toBeNull();
  });
});

test('killed of every step that takes the cluster down, the swarm ends once, its hosts are free, and a rollback forms it anew', async () => {
  await propose(plane.api, both);
  await applied('before the report', []);
  const shown = () => unwrap(plane.api.v1.clusters[':cluster'].$get({ param: { cluster: 'demo' } }));
  const { currentRevision, swarmId } = await shown();
  const marks = await markEngines(lab);
  await edit('cluster rm', { name: 'demo' });
  await applied('before the answer is read', ['POST /nodes/[^/]+/update', 'POST /swarm/leave', 'DELETE /nodes/']);
  const left = Object.values(await marks.calls()).flatMap((all) => all.filter((call) => call.includes('/leave')));
  expect(left.toSorted()).toEqual(['POST /swarm/leave', 'POST /swarm/leave?force=1']);
  const { items } = await unwrap(plane.api.v1.hosts.$get());
  expect(items.map(({ cluster }) => cluster)).toEqual([null, null]);
  expect(await shown()).toMatchObject({ swarmId: null, nodes: {} });

  await edit('rollback', { to: currentRevision });
  await applied('before the report', []);
  const anew = await shown();
  expect([Object.keys(anew.nodes).toSorted(), anew.swarmId === swarmId]).toEqual([['h1', 'h2'], false]);
});

test('the record holds together', async () => {
  expect(await unwrap(plane.api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
});
