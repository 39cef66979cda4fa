import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
 * A worker is killed again and again while it replaces a container: around each call that changes something. Each time
 * it goes on from what is there, and in the end one container runs and none stands aside.
 */
let lab: Lab;
let plane: ControlPlane;
let turn = 0;
beforeAll(async () => {
  lab = await labForTest({ id: 'replacing-killed', hosts: 1 });
  plane = await startControlPlane();
  await addHosts(plane.api, lab.hosts);
});
afterAll(async () => {
  await plane?.close();
  if (lab !== undefined) await takeDownWhole(lab);
});

const specWith = (more: Partial<NonNullable<SpecInput['containers']>[string]>): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' } },
  networks: { net: { attachable: true }, net2: { attachable: true } },
  containers: {
    tool: { host: 'h1', image: 'busybox', command: 'sleep 1000', networks: ['net', 'net2'], restart: 'no', ...more },
  },
  verify: { connectivity: 'none' },
});
const anew = () => specWith({ environment: { TURN: String((turn += 1)) } });

const made = [
  String.raw`POST /containers/create\?name=tool.flotilla-next`,
  'POST /networks/[^/]+/connect',
  'POST /containers/[^/]+/stop',
  String.raw`POST /containers/[^/]+/rename\?name=tool.flotilla-old`,
  String.raw`POST /containers/[^/]+/rename\?name=tool$`,
  'POST /containers/[^/]+/start',
];
const replaced = [...made, 'DELETE /containers/'];
const wentBack = [...made, String.raw`POST /containers/[^/]+/rename\?name=tool.flotilla-failed`];

async function applied(spec: SpecInput, phase: Phase, points: readonly string[]): Promise<OperationView> {
  await propose(plane.api, spec);
  return appliedWhileKilled(plane, lab, phase, points);
}

const here = async () =>
  (await linesOf(lab.host('h1'), ['docker', 'ps', '--all', '--format', '{{.Names}} {{.State}}'])).toSorted();

describe.each<Phase>(['before the call', 'with the call sent', 'before the answer is read'])('killed %s', (phase) => {
  test('of every change, it replaces the container once', async () => {
    await applied(anew(), phase, []);
    const marks = await markEngines(lab);
    succeeded(await applied(anew(), phase, replaced));
    expect(await here()).toEqual(['tool running']);
    const { h1 = [] } = await marks.calls();
    const times = (pattern: string) => h1.filter((call) => new RegExp(`^${pattern}`).test(call)).length;
    const [create = '', connect = '', , aside = '', rename = ''] = made;
    expect([create, connect, aside, rename].map(times)).toEqual([1, 1, 1, 1]);
  });

  test('of every change of one that does not run, it puts the old one back', async () => {
    const view = await applied(specWith({ command: 'false' }), phase, wentBack);
    expect(view.error?.message).toMatch(/The (new )?container tool (ended at once|did not run)/);
    expect(await here()).toEqual(['tool running', 'tool.flotilla-failed exited']);
  });
});
