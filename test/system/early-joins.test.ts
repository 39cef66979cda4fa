import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Observation } from '#core/observation.ts';
import type { Outcome } from '#core/step.ts';
import { runSteps } from '#workers/run-steps.ts';
import { executeStep } from '#workers/steps/index.ts';
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

/* A worker begins to join while the init is not answered, and is a node only once that has ended well. */

let world: FormingWorld;
beforeEach(async () => {
  world = await createFormingWorld();
  world.fakeOf('h1').json('GET /nodes', [listed('node-1', 'h1', '10.79.0.1'), listed('node-2', 'h2', '10.79.0.2')]);
});
afterEach(() => world.close());

const notYet = { message: 'This node is not a swarm manager.' };
/** As an engine shows its swarm until the init is over. */
const unlabelled = { ...swarm, Spec: { Labels: {} } };

const answer = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

/** Runs init and join as an operation does; gives how they ended. */
async function form(seen: Observation | null): Promise<Record<string, Outcome>> {
  const context = world.contextOf(seen);
  const { outcomes } = await runSteps({
    steps: [init, { ...join, after: [init.id] }],
    ledger: {},
    mayStart: () => true,
    execute: (step, turn) => executeStep(step, context, turn),
  });
  return Object.fromEntries(outcomes);
}

/** The init is answered only after the worker was told to join, and the swarm has its label only then. */
function answerInitAfterJoin(
  initAnswer: { body: unknown; status?: number },
  { whole = swarm, joinStatus = 200 }: { whole?: unknown; joinStatus?: number } = {},
): void {
  const [manager, worker] = [world.fakeOf('h1'), world.fakeOf('h2')];
  const { promise: told, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  manager.on('GET /swarm', (_, response) => {
    looks += 1;
    if (looks < 3) answer(response, notYet, 503);
    else answer(response, unlabelled);
  });
  manager.on('POST /swarm/init', (_, response) => {
    void told.then(() => {
      manager.json('GET /swarm', whole);
      answer(response, initAnswer.body, initAnswer.status);
    });
  });
  worker.on('POST /swarm/join', (_, response) => {
    resolve();
    answer(response, '', joinStatus);
  });
}

test('with the tokens that the engine tells before the init is answered', async () => {
  answerInitAfterJoin({ body: 'node-1' });
  expect(await form(free)).toEqual({
    'init-swarm:h1': { kind: 'done', detail: 'node node-1' },
    'join-worker:h2': { kind: 'done', detail: 'node node-2' },
  });
  expect(world.callsOf('h2')).toEqual(['POST /swarm/join']);
  expect(world.fakeOf('h2').bodies.at(-1)).toContain('SWMTKN-1-worker');
});

test('when the swarm turns out to be another one, the join fails and says how its host gets out', async () => {
  const whole = { ...swarm, Spec: { Labels: { 'io.flotilla.cluster': 'other' } } };
  answerInitAfterJoin({ body: inSwarmAlready, status: 503 }, { whole });
  world.fakeOf('h1').json('GET /info', info('active', 'node-1', { ControlAvailable: true }));
  expect(await form(free)).toMatchObject({
    'init-swarm:h1': { kind: 'blocked', finding: { id: 'in_other_swarm' } },
    'join-worker:h2': {
      kind: 'failed',
      error: {
        done: 'h2 was told to join the swarm of which h1 gave the token while making it, and has joined it; whose that swarm is is not known.',
        next: expect.stringContaining('docker swarm leave --force'),
      },
    },
  });
});

test('a join that the new manager was not ready for is looked at again, and made again only where nothing came of it', async () => {
  answerInitAfterJoin({ body: 'node-1' }, { joinStatus: 500 });
  const worker = world.fakeOf('h2');
  worker.on('GET /info', (_, response) => {
    answer(response, info('inactive'));
    worker.json('POST /swarm/join', '');
    worker.json('GET /info', info('active', 'node-2'));
  });
  expect(await form(free)).toMatchObject({ 'join-worker:h2': { kind: 'done', detail: 'node node-2' } });
  expect(world.callsOf('h2').slice(0, 3)).toEqual(['POST /swarm/join', 'GET /info', 'POST /swarm/join']);
});

test('not where the run goes on from a stored plan: the worker is asked for its state after the init has ended', async () => {
  world.fakeOf('h1').json('GET /info', info('inactive'));
  world.fakeOf('h1').json('GET /swarm', swarm);
  world.fakeOf('h2').json('GET /info', info('active', 'node-2'));
  world.fakeOf('h1').on('POST /swarm/init', (_, response) => {
    expect(world.callsOf('h2')).toEqual([]);
    answer(response, 'node-1');
  });
  expect(await form(null)).toMatchObject({
    'init-swarm:h1': { kind: 'done' },
    'join-worker:h2': { kind: 'already-done' },
  });
  expect(world.callsOf('h1').filter((call) => call === 'GET /swarm')).toHaveLength(1);
});
