import { describe, expect, test } from 'vitest';
import { bareHosts, inputOf } from '../testing/observations.ts';
import { planned } from '../testing/told.ts';
import type { Plan } from '../plan.ts';
import { takenDecision } from '../plan/taken.ts';
import { decisionLines, planStepLines, takenNames } from './plan-lines.ts';

const planOf = async (count: number): Promise<Plan> => {
  const hosts = Array.from({ length: count }, (_, at) => `h${at + 1}`);
  const nodes = Object.fromEntries(hosts.map((host, at) => [host, at < 3 ? { role: 'manager' as const } : {}]));
  const networks = { net: { attachable: true, mtu: 1500 } };
  return planned(inputOf({ nodes, networks }, bareHosts(...hosts)));
};
const told = (plan: Plan, oneByOne = false): string[] =>
  planStepLines(plan.steps, { oneByOne }).map(({ first, last, host, sentence }) =>
    [first === last ? first : `${first}-${last}`, host ?? 'manager', sentence].join(' '),
  );

describe('the steps of a plan', () => {
  test('are one line where many hosts do the same in a row, with the names of all of them', async () => {
    expect(told(await planOf(12))).toEqual([
      '1-12 12 hosts check that the host is fit to join: h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12',
      '13 h1 start the swarm demo, advertising 10.79.0.1 (data path port 4789)',
      '14 h2 join as a manager through h1, advertising 10.79.0.2',
      '15 h3 join as a manager through h1, advertising 10.79.0.3',
      '16-24 9 hosts join as a worker through h1, each advertising its own address: h4, h5, h6, h7, h8, h9, h10, h11, h12',
      '25 manager create network net (overlay, attachable, subnet from the pool, mtu 1500)',
      '26 manager verify: sampled connectivity on net',
    ]);
  });

  test('are a line each where few hosts do the same, or where all are asked for', async () => {
    const few = await planOf(8);
    expect(told(few)).toHaveLength(few.steps.length);
    const many = await planOf(12);
    expect(told(many, true)).toHaveLength(many.steps.length);
  });

  test('that differ by more than their host stay apart', () => {
    const nodes = Array.from({ length: 20 }, (_, at) => `h${at + 1}`);
    const steps = nodes.map((node, at) => ({
      id: `set-node:${node}`,
      kind: 'set-node' as const,
      host: null,
      after: [],
      args: { node, role: 'worker' as const, availability: 'active' as const, labels: { zone: at < 10 ? 'a' : 'b' } },
    }));
    expect(planStepLines(steps).map(({ first, last, sentence }) => [first, last, sentence.split(':')[0]])).toEqual([
      [1, 10, 'set nodes to worker, active, labels zone=a'],
      [11, 20, 'set nodes to worker, active, labels zone=b'],
    ]);
  });
});

test('decisions that were made in one way for many nodes are one line, and one by one where that is asked for', async () => {
  const { decisions } = await planOf(12);
  expect(decisionLines(decisions)[0]).toEqual({
    paths: ['nodes.*.advertise_addr'],
    value: 'of 12 nodes each its own',
    reason: 'the address that SSH uses, on eth0',
  });
  expect(decisionLines(decisions, { oneByOne: true })[1]).toMatchObject({
    paths: ['nodes.h2.advertise_addr'],
    value: '10.79.0.2',
  });
});

test('what is taken over is told by its names, and not by the ids that were decided', () => {
  const decisions = [
    takenDecision('networks', 'front', 'id-1'),
    takenDecision('services', 'web', 'id-2'),
    takenDecision('services', 'api', 'id-3'),
    { path: 'networks.front.mtu', value: 1450, reason: 'what it has' },
  ];
  expect(takenNames(decisions)).toEqual([
    { kind: 'networks', names: ['front'] },
    { kind: 'services', names: ['web', 'api'] },
  ]);
  expect(decisionLines(decisions).map(({ paths }) => paths)).toEqual([['networks.front.mtu']]);
});
