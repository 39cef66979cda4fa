import { expect, test } from 'vitest';
import type { Plan } from '#core/plan.ts';
import type { Outcome, Step } from '#core/step.ts';
import { blocked } from '../steps/outcomes.ts';
import { strayJoin } from '../steps/stray-join.ts';
import { applyEnd } from './apply-end.ts';

const addresses = { advertiseAddr: '10.79.0.1', dataPathAddr: null };
const init: Step = {
  id: 'init-swarm:h1',
  kind: 'init-swarm',
  host: 'h1',
  args: { cluster: 'demo', ...addresses, dataPathPort: 4789, addressPools: [], subnetSize: 24 },
  after: [],
};
const join = {
  id: 'join-worker:h2',
  kind: 'join-worker',
  host: 'h2',
  args: { via: 'h1', remoteAddr: '10.79.0.1:2377', ...addresses },
  after: ['init-swarm:h1'],
} satisfies Step;

const plan: Plan = {
  digest: '',
  cluster: 'demo',
  base: null,
  revision: 1,
  steps: [init, join],
  decisions: [],
  risk: 'low',
  warnings: [],
};

const endWith = (outcomes: Record<string, Outcome>) =>
  applyEnd(plan, { outcomes: new Map(Object.entries(outcomes)), notStarted: [] }, null);

test('a join that began early and went nowhere is told of beside the init, which is the cause', () => {
  const end = endWith({
    [init.id]: blocked({
      id: 'in_other_swarm',
      hosts: ['h1'],
      message: 'h1 is a manager of another swarm.',
      fix: 'Leave.',
    }),
    [join.id]: strayJoin(join, { kind: 'joined' }),
  });
  expect(end).toEqual({
    kind: 'ended',
    state: 'failed',
    error: {
      code: 'in_other_swarm',
      message: 'h1 is a manager of another swarm.',
      host: 'h1',
      next: 'Leave.',
      done: '0 of 2 steps were done. Begun and not ended well either, each says what to do: join-worker:h2.',
    },
  });
});

test('it is blocked only when nothing failed', () => {
  const finding = blocked({ id: 'not_ours', message: 'There is a network front that Flotilla did not make.' });
  expect(endWith({ [init.id]: { kind: 'done' }, [join.id]: finding })).toMatchObject({ state: 'blocked' });
});

test('a step that failed comes before one that is blocked, when neither waits for the other', () => {
  const failed: Outcome = { kind: 'failed', error: { code: 'step_failed', message: 'no' }, findings: [] };
  const alone = { ...plan, steps: [init, { ...join, after: [] }] };
  const outcomes = new Map([
    [init.id, blocked({ id: 'in_other_swarm', message: 'h1 is a manager of another swarm.' })],
    [join.id, failed],
  ]);
  expect(applyEnd(alone, { outcomes, notStarted: [] }, null)).toMatchObject({
    state: 'failed',
    error: { code: 'step_failed', host: 'h2' },
  });
});

test('what a stray join says depends on what its engine was told', () => {
  const told = (called: Parameters<typeof strayJoin>[1]): string => {
    const outcome = strayJoin(join, called);
    return outcome.kind === 'failed' ? `${outcome.error.done} ${outcome.error.next}` : outcome.kind;
  };
  expect(told({ kind: 'not-called' })).toBe('h2 was not told to join. Mend what stands at h1 first, then retry.');
  expect(told({ kind: 'joined' })).toContain('and has joined it');
  expect(told({ kind: 'joined' })).toContain('docker swarm leave --force');
  expect(told({ kind: 'unsure' })).toContain('may go on trying');
});
