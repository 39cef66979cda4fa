import { expect, test } from 'vitest';
import { type Machine, shownIn, whichMachine } from './host.ts';

const machine = (engineId: string | null, nodeId: string | null): Machine => ({ engineId, nodeId });

test.each([
  ['the same node', machine('e1', 'n1'), machine('e1', 'n1'), 'same'],
  ['the same node whose engine lost its id', machine('e1', 'n1'), machine('e2', 'n1'), 'same'],
  ['the same engine, out of its swarm', machine('e1', 'n1'), machine('e1', null), 'same'],
  ['another engine', machine('e1', null), machine('e2', null), 'another'],
  ['another engine in the place of a node', machine('e1', 'n1'), machine('e2', 'n2'), 'another'],
  [
    'an engine in the place of a node of which nothing else is known',
    machine(null, 'n1'),
    machine('e1', null),
    'another',
  ],
  ['one that was never seen', machine(null, null), machine('e1', 'n1'), 'not-recorded'],
] as const)('%s', (_, recorded, seen, which) => {
  expect(whichMachine(recorded, seen)).toBe(which);
});

test('the key that was shown is the last that a refusal names', () => {
  const [pinned, shown] = ['A', 'B'].map((letter) => `SHA256:${letter.repeat(43)}`);
  expect(shownIn(`Pinned: ssh-ed25519 ${pinned}. Shown: ssh-ed25519 ${shown}.`)).toBe(shown);
  expect(shownIn('no key at all')).toBeUndefined();
});
