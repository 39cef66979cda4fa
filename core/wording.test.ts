import { expect, test } from 'vitest';
import { driftOf } from './drift.ts';
import { maskPlan } from './masking.ts';
import { planDigest } from './plan/digest.ts';
import { planCluster } from './plan/plan-cluster.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';
import { bareHosts, formedSwarm, inputOf, withUnseen } from './testing/observations.ts';
import { carriedOut, planned } from './testing/told.ts';
import { planText, riskSentence, stepSentence } from './wording.ts';

const logging = { driver: 'splunk', options: { 'splunk-token': 'canary-0' } };
const spec = {
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const } },
  networks: { net: { attachable: true } },
  services: { web: { image: 'nginx', networks: ['net'], environment: { TOKEN: 'canary-1' }, logging } },
  containers: { tool: { host: 'h1', image: 'tool', networks: ['net'], environment: { TOKEN: 'canary-2' }, logging } },
};

test('what people read never has the value of an environment variable or of a log driver’s option in it', async () => {
  const plan = await planned(inputOf(spec, bareHosts('h1')));
  expect(JSON.stringify(plan)).toContain('canary-1');
  expect(planText(plan)).not.toContain('canary');
  const masked = maskPlan(plan);
  expect(JSON.stringify(masked)).not.toContain('canary');
  expect(JSON.stringify(masked)).toContain('TOKEN');
  expect(planText(masked)).toBe(planText(plan));
});

test('an update tells the names of what changed only', async () => {
  const before = await carriedOut(inputOf(spec, bareHosts('h1')));
  const services = { web: { ...spec.services.web, environment: { TOKEN: 'canary-3' } } };
  const plan = await planned(inputOf({ ...spec, services }, before.observation));
  expect(planText(plan)).toContain('update service web: environment (TOKEN)');
  expect(JSON.stringify(maskPlan(plan))).not.toContain('canary');
});

test('steps that no plan of a cluster has are told as well', () => {
  const restart: Step = {
    id: 'restart-engine:h1',
    kind: 'restart-engine',
    host: 'h1',
    args: { reason: 'port 7946 is held' },
    after: [],
  };
  const check: Step = { id: 'prepare-host:h1', kind: 'prepare-host', host: 'h1', args: { joins: false }, after: [] };
  expect([restart, check].map((step) => stepSentence(step))).toEqual([
    'restart the engine (port 7946 is held)',
    'check the host',
  ]);
});

test('a body that is not understood is told without detail, and does not break the text', () => {
  const step: Step = {
    id: 'create-network:x',
    kind: 'create-network',
    host: null,
    args: { network: 'x', create: {} },
    after: [],
  };
  expect(stepSentence(step)).toBe('create network x (overlay)');
  expect(riskSentence('critical')).toContain('in use');
});

test('drift is a plan that would change something; without a plan it is not known', async () => {
  const formed = formedSwarm(['h1'], []);
  const bare = { swarm: spec.swarm, nodes: spec.nodes };
  expect(driftOf(await planCluster(inputOf(bare, formed)))).toBe('none');
  expect(driftOf(await planCluster(inputOf({ ...bare, networks: { net: {} } }, formed, { verify: true })))).toBe(
    'drifted',
  );
  expect(
    driftOf(await planCluster(inputOf({ ...bare, networks: { net: {} } }, withUnseen(formed, 'h1', 'timeout')))),
  ).toBe('unknown');
});

test('the digest binds what is done, not how it came about', async () => {
  const input = inputOf(spec, bareHosts('h1'));
  const digestOf = async (change: (plan: Plan) => Plan['digest'] = ({ digest }) => digest, given = input) =>
    change(await planned(given));
  const digest = await digestOf();
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await digestOf(undefined, { ...input, observation: { ...input.observation, at: 'later' } })).toBe(digest);
  expect(await digestOf(undefined, { ...input, revision: 2 })).not.toBe(digest);
  expect(await digestOf(undefined, { ...input, base: 1 })).not.toBe(digest);
  const plan = await planned(input);
  expect(await planDigest({ ...plan, warnings: [] })).toBe(digest);
  expect(await planDigest({ ...plan, risk: 'critical' })).not.toBe(digest);
  expect(await planDigest({ ...plan, decisions: [] })).not.toBe(digest);
  expect(await digestOf(undefined, inputOf({ ...spec, containers: {} }, bareHosts('h1')))).not.toBe(digest);
});
