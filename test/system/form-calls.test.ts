import { afterEach, beforeEach, expect, test } from 'vitest';
import { createNetwork } from '#workers/steps/create-network.ts';
import { initSwarm } from '#workers/steps/init-swarm.ts';
import { joinWorker } from '#workers/steps/join.ts';
import type { StepOfKind } from '#core/step.ts';
import {
  createFormingWorld,
  type FormingWorld,
  free,
  info,
  init,
  inSwarmAlready,
  join,
  listed,
  swarm,
} from './forming-world.ts';

/* How many calls forming a swarm costs, and that what is left out is asked for after all where it matters. */

let world: FormingWorld;
beforeEach(async () => {
  world = await createFormingWorld();
});
afterEach(() => world.close());

test('hosts that were seen free become a swarm with three calls to the manager and one to the worker', async () => {
  world.fakeOf('h1').json('POST /swarm/init', 'node-1');
  world.fakeOf('h1').json('GET /swarm', swarm);
  world.fakeOf('h1').json('GET /nodes', [listed('node-1', 'h1', '10.79.0.1'), listed('node-2', 'h2', '10.79.0.2')]);
  world.fakeOf('h2').json('POST /swarm/join', '');
  const context = world.contextOf(free);
  expect(await initSwarm(init, context)).toEqual({ kind: 'done', detail: 'node node-1' });
  expect(await joinWorker(join, context)).toEqual({ kind: 'done', detail: 'node node-2' });
  expect(world.callsOf('h1')).toEqual(['POST /swarm/init', 'GET /swarm', 'GET /nodes']);
  expect(world.callsOf('h2')).toEqual(['POST /swarm/join']);
  expect(world.fakeOf('h2').bodies.at(-1)).toContain('SWMTKN-1-worker');
});

test('a host that was taken into another swarm meanwhile refuses, and is left alone', async () => {
  world.fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  world.fakeOf('h1').json('GET /swarm', swarm);
  world.fakeOf('h1').json('GET /nodes', [listed('node-1', 'h1', '10.79.0.1')]);
  world.fakeOf('h2').json('POST /swarm/join', inSwarmAlready, 503);
  world.fakeOf('h2').json('GET /info', info('active', 'stranger'));
  expect(await joinWorker(join, world.contextOf(free))).toMatchObject({
    kind: 'blocked',
    finding: { id: 'in_other_swarm' },
  });
  world.fakeOf('h1').json('POST /swarm/init', inSwarmAlready, 503);
  world.fakeOf('h1').json('GET /swarm', { ...swarm, Spec: { Labels: {} } });
  expect(await initSwarm(init, world.contextOf(free))).toMatchObject({
    kind: 'blocked',
    finding: { id: 'in_other_swarm', message: 'h1 is a manager of another swarm.' },
  });
});

test('where the list of nodes does not tell who is who, the engine is asked which node it is', async () => {
  world.fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  world.fakeOf('h1').json('GET /swarm', swarm);
  world.fakeOf('h1').json('GET /nodes', [listed('node-2', 'h2', '192.0.2.7'), listed('node-3', 'h2', '192.0.2.7')]);
  world.fakeOf('h2').json('POST /swarm/join', '');
  world.fakeOf('h2').json('GET /info', info('active', 'node-3'));
  expect(await joinWorker(join, world.contextOf(free))).toEqual({ kind: 'done', detail: 'node node-3' });
});

test('a run that goes on from a stored plan looks before it acts', async () => {
  world.fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  world.fakeOf('h1').json('GET /swarm', swarm);
  world.fakeOf('h1').json('GET /nodes', [listed('node-2', 'h2', '10.79.0.2')]);
  world.fakeOf('h2').json('GET /info', info('active', 'node-2'));
  expect(await initSwarm(init, world.contextOf(null))).toEqual({ kind: 'already-done' });
  expect(await joinWorker(join, world.contextOf(null))).toEqual({ kind: 'already-done', detail: 'node node-2' });
  expect([...world.callsOf('h1'), ...world.callsOf('h2')].filter((call) => call.startsWith('POST'))).toEqual([]);
});

test('a swarm that is not labelled yet is given a moment: the init of a worker that was killed labels it last', async () => {
  world.fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  world.fakeOf('h1').on('GET /swarm', (_, response) => {
    world.fakeOf('h1').json('GET /swarm', swarm);
    response.end(JSON.stringify({ ...swarm, Spec: { Labels: {} } }));
  });
  expect(await initSwarm(init, world.contextOf(null))).toEqual({ kind: 'already-done' });
  expect(world.callsOf('h1')).toEqual(['GET /info', 'GET /swarm', 'GET /swarm']);
});

const network: StepOfKind<'create-network'> = {
  id: 'create-network:front',
  kind: 'create-network',
  host: null,
  args: { network: 'front', create: { Name: 'front', Driver: 'overlay' } },
  after: [],
};
const front = (cluster: string) => ({
  Id: 'net-1',
  Name: 'front',
  Driver: 'overlay',
  Scope: 'swarm',
  Labels: { 'io.flotilla.cluster': cluster },
  IPAM: { Config: [{ Subnet: '10.0.1.0/24' }] },
});

test('a network that was seen missing is made, and looked for only then', async () => {
  const context = world.contextOf(free);
  context.managers.noteManager('h1');
  world.fakeOf('h1').json('POST /networks/create', { Id: 'net-1' }, 201);
  world.fakeOf('h1').json('GET /networks', [front('demo')]);
  expect(await createNetwork(network, context)).toEqual({ kind: 'done', detail: '10.0.1.0/24' });
  expect(world.callsOf('h1')).toEqual(['POST /networks/create', 'GET /networks']);
});

test.each([
  [409, 'network with name front already exists'],
  [500, 'rpc error: code = Unknown desc = name conflicts with an existing object'],
])('one that somebody made meanwhile is refused with %s, and then its label decides', async (status, message) => {
  const context = world.contextOf(free);
  context.managers.noteManager('h1');
  world.fakeOf('h1').json('POST /networks/create', { message }, status);
  world.fakeOf('h1').json('GET /networks', [front('demo')]);
  expect(await createNetwork(network, context)).toEqual({ kind: 'already-done' });
  world.fakeOf('h1').json('GET /networks', [front('other')]);
  expect(await createNetwork(network, context)).toMatchObject({ kind: 'blocked', finding: { id: 'not_ours' } });
  world.fakeOf('h1').json('GET /networks', []);
  await expect(createNetwork(network, context)).rejects.toThrow(message);
});
