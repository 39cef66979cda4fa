import { expect, test } from 'vitest';
import { cases } from '#faults/cases/index.ts';
import type { FaultCase } from '#faults/cases/types.ts';
import { runHealthy } from '#faults/healthy.ts';
import { runMatrix } from '#faults/matrix.ts';
import { randomFrom, shuffled } from '#faults/seed.ts';
import { leftovers } from '#lab/leftovers.ts';
import type { EngineName } from '#lab/root/release.ts';

/** Another seed draws other cases, hosts and orders; `npm run faults` tries them all. */
const seed = 7;
const each = 3;
/** What mends in seconds. */
const slow = [
  'link-down',
  'locked-manager',
  'manager-port',
  'gossip',
  'wrong-advertise',
  'cloned',
  'dead',
  'held',
  'no-',
];

const drawn = (stage: FaultCase['stage']): FaultCase[] => {
  const quick = cases.filter((one) => one.stage === stage && !slow.some((name) => one.name.includes(name)));
  return shuffled(quick, randomFrom(seed)).slice(0, each);
};
/** What most people run, beside what has the oldest faults. */
const engines: EngineName[] = ['20.10', '28.5', '28.5'];
const quiet = { signal: new AbortController().signal, say: () => undefined };

test('faults drawn by a seed are named, and the healthy verdict comes back', async () => {
  const wanted = [...drawn('bare'), ...drawn('formed')];
  const { results, falseAlarms } = await runMatrix({ seed, cases: wanted, engines, id: 'test-named', ...quiet });
  expect(results.map(({ fault, named, ok, expected }) => (ok ? fault : `${fault}: ${named}, not ${expected}`))).toEqual(
    expect.arrayContaining(wanted.map(({ name }) => name)),
  );
  expect(falseAlarms).toBe(0);
  expect(await leftovers('test-named')).toEqual([]);
});

test('a healthy lab of one host is told nothing beyond the baseline', async () => {
  const { falseAlarms } = await runHealthy({ engines: ['28.5'], runs: 2, id: 'test-healthy', ...quiet });
  expect(falseAlarms).toEqual([]);
  expect(await leftovers('test-healthy')).toEqual([]);
});
