import { expect, test } from 'vitest';
import { tokenLabel } from '../spec/names.ts';
import { formedSwarm, host, inputOf, withSwarm } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import { nextTurn } from './token-turns.ts';

const formed = formedSwarm(['h1'], ['h2', 'h3']);
const spec = {
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const }, h2: {}, h3: {} },
};
const once = nextTurn([], 'worker');

test('a token that is to be another one is rotated once, and again when that is asked for again', async () => {
  const input = inputOf(spec, formed, { decisions: once });
  expect(await told(input)).toBe(
    lines(`
      demo, revision 1: risk medium (changes or restarts something that runs)
      1. rotate the join token of workers: the old one lets nobody in any more
      decided join_tokens.worker: 1 (asked for with \`cluster rotate-token worker\`)`),
  );
  const after = await carriedOut(input);
  expect(await told(after)).toMatch(/^demo, revision 1: nothing to do\n/);
  expect(await told({ ...after, decisions: nextTurn(after.decisions, 'worker') })).toContain(
    '\n1. rotate the join token',
  );
});

test('the tokens of both roles go their own ways', async () => {
  const had = withSwarm(formed, (facts) => ({ ...facts, labels: { ...facts.labels, [tokenLabel('worker')]: '1' } }));
  const { steps } = await planned(inputOf(spec, had, { decisions: nextTurn(once, 'manager') }));
  expect(steps.map(({ id }) => id)).toEqual(['rotate-join-token:manager']);
});

test('whoever leaves is out before, as he knows the old one', async () => {
  const without = { ...spec, nodes: { h1: spec.nodes.h1, h2: {} } };
  const hosts = ['h1', 'h2', 'h3'].map((name) => host(name));
  const { steps } = await planned(inputOf(without, formed, { decisions: once, hosts }));
  expect(steps.at(-1)).toMatchObject({ id: 'rotate-join-token:worker' });
  expect(steps.at(-1)?.after).toContain('remove-node:h3');
});
