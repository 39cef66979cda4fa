import { expect, test } from 'vitest';
import { unknown } from '#core/observed.ts';
import { lookAt } from '#core/testing/symptoms.ts';
import type { SwarmNode } from '../docker/nodes.ts';
import type { Managers } from '../steps/managers.ts';
import { notHeardOf, untilHeardOf } from './not-heard-of.ts';

/** Only what is looked at; the engine's answers have much more. */
const listed = (states: Record<string, string>): SwarmNode[] =>
  Object.entries(states).map(([ID, State]) => ({ ID, Status: { State } }) as unknown as SwarmNode);
const about = {
  nodes: new Map([
    ['h1', 'n1'],
    ['h2', 'n2'],
    ['h3', 'n3'],
  ]),
  looks: { h1: lookAt('h1'), h2: lookAt('h2'), h3: { engine: unknown('it is away') } },
};

test('a node that a new leader has not heard of yet is waited for, where its engine answers', () => {
  expect(notHeardOf(listed({ n1: 'ready', n2: 'unknown', n3: 'unknown' }), about)).toEqual(['h2']);
});

test('one that the swarm takes for down, and one of another host, is not', () => {
  expect(notHeardOf(listed({ n1: 'ready', n2: 'down', n9: 'unknown' }), about)).toEqual([]);
});

test('it is looked at until the leader knows of all, and no further when no manager answers', async () => {
  const answers = [listed({ n2: 'unknown' }), listed({ n2: 'ready' }), listed({ n2: 'unknown' })];
  const managers = { ask: () => Promise.resolve(answers.shift()) } as unknown as Managers;
  await untilHeardOf(managers, about);
  expect(answers).toHaveLength(1);
  const away = { ask: () => Promise.reject(new Error('no manager answers')) } as unknown as Managers;
  await expect(untilHeardOf(away, about)).resolves.toBeUndefined();
});
