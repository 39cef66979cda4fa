import { expect, test } from 'vitest';
import type { EngineJson } from '#core/step.ts';
import type { EngineClient } from '#workers/docker/engine.ts';
import { Managers } from '#workers/steps/managers.ts';
import { rollBack } from '#workers/steps/roll-back.ts';
import { engineForEach } from './engine-for-each.ts';
import type { FakeEngine } from './ssh-fake-engine.ts';

/** A swarm that goes back by itself, and one that is asked to: in the same moment it goes back twice. */
let fake: FakeEngine;
let engine: EngineClient;
engineForEach((one) => {
  ({ fake, engine } = one);
  fake.json('GET /tasks', [{ ID: 't1', ServiceID: 'web', DesiredState: 'running', Status: { State: 'running' } }]);
});

const specBy = (operation: string, more: EngineJson = {}): EngineJson => ({
  Name: 'web',
  Labels: { 'io.flotilla.operation': operation },
  Mode: { Replicated: { Replicas: 1 } },
  ...more,
});
const [before, after] = [specBy('op_before'), specBy('op_now')];

/** The service is in this state from now on. */
const serviceIs = (State: string, Spec: EngineJson, more: EngineJson = {}): void =>
  fake.json('GET /services/web', { ID: 'web', Version: { Index: 7 }, Spec, UpdateStatus: { State }, ...more });

/** What is to happen at the first update that is asked for, at the second, and so on. */
function onUpdates(...changes: (() => [status: number, answer: EngineJson])[]): void {
  fake.on('POST /services/web/update', (_, response) => {
    const [status, answer] = changes.shift()?.() ?? [500, { message: 'nobody expected this' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}

async function rolledBack(spec: EngineJson = after): Promise<string | undefined> {
  const managers = new Managers({ engineOf: () => engine, candidates: ['h1'], swarmId: null, cluster: 'demo' });
  managers.noteManager('h1');
  const outcome = await rollBack(
    { operation: 'op_now', expected: ['h1'], managers },
    { name: 'web', id: 'web', spec },
    { kind: 'failed', error: { code: 'step_failed', message: 'web cannot start: exit 1.' }, findings: [] },
  );
  expect(outcome.error.message).toBe('web cannot start: exit 1.');
  return outcome.error.done;
}
const updates = (): string[] =>
  fake.asked.filter((call) => call.startsWith('POST')).map((call) => call.split('?')[1] ?? '');
const asBefore = 'The service web was rolled back and runs as before.';

test('a swarm is asked to go back', async () => {
  serviceIs('paused', after, { PreviousSpec: before });
  onUpdates(() => {
    serviceIs('rollback_completed', before);
    return [200, {}];
  });
  expect(await rolledBack()).toBe(asBefore);
  expect(updates()).toEqual(['version=7&rollback=previous']);
});

test('one that went back by itself is not asked', async () => {
  serviceIs('rollback_completed', before);
  expect(await rolledBack(specBy('op_now', { UpdateConfig: { FailureAction: 'rollback' } }))).toBe(asBefore);
  expect(updates()).toEqual([]);
});

test('one that began to in the moment in which it was asked is looked at again', async () => {
  serviceIs('updating', after, { PreviousSpec: before });
  onUpdates(() => {
    serviceIs('rollback_completed', before);
    return [400, { message: 'rpc error: code = FailedPrecondition desc = service web does not have a previous spec' }];
  });
  expect(await rolledBack()).toBe(asBefore);
});

test('one that went back twice is sent what was there before', async () => {
  serviceIs('updating', after, { PreviousSpec: before });
  onUpdates(
    () => {
      serviceIs('rollback_completed', after);
      return [200, {}];
    },
    () => {
      serviceIs('completed', before);
      return [200, {}];
    },
  );
  expect(await rolledBack()).toBe(asBefore);
  expect(updates()).toEqual(['version=7&rollback=previous', 'version=7']);
  expect(JSON.parse(fake.bodies.findLast((body) => body !== '') ?? '')).toEqual(before);
});

test('one that stops on its way back is told as such', async () => {
  serviceIs('rollback_paused', before);
  expect(await rolledBack()).toBe('The service web was rolled back, and not all of its tasks run yet.');
});
