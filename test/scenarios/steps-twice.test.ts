import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import { type Outcome, type Step, type StepKind, stepSchema } from '#core/step.ts';
import type { Lab, LabHost } from '#lab/types.ts';
import { executeStep } from '#workers/steps/index.ts';
import { cluster } from './support/bench-lease.ts';
import { labForTest, markEngines, takeDownWhole } from './support/lab-for-test.ts';
import { createStepBench, type StepBench } from './support/step-bench.ts';
import { linesOf } from './support/verifications.ts';

/**
 * Every step twice on real hosts, as a worker does that was killed before it could say that the step had ended: the
 * second run knows nothing of the first, sees that all is done, and changes nothing. The engines' logs count.
 */
let lab: Lab;
let bench: StepBench;
let folder: string;
let net: string;
beforeAll(async () => {
  lab = await labForTest({ id: 'steps-twice', hosts: 3 });
  net = await nameLikeAnId(lab.host('h3'));
  folder = mkdtempSync(join(tmpdir(), 'flotilla-steps-'));
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'key'), 'a value');
  bench = await createStepBench(lab, folder, secrets);
});
afterAll(async () => {
  await bench?.close();
  if (lab !== undefined) await takeDownWhole(lab);
  rmSync(folder, { recursive: true, force: true });
});

/** What was run so far, so that at the end no kind is missing. */
const ran = new Set<StepKind>();
let operations = 0;

interface Twice {
  step: Step;
  first: Outcome;
  second: Outcome;
  /** What the second run asked the engines to change. */
  callsAgain: Record<string, string[]>;
}

/** Plans the spec from what is there, and runs each step of the plan twice. */
async function runTwice(spec: SpecInput): Promise<Twice[]> {
  const { steps } = await bench.plan(spec);
  operations += 1;
  const operation = `op_twice${operations}`;
  const all: Twice[] = [];
  for (const step of steps) all.push(await twice(step, operation));
  return all;
}

async function twice(step: Step, operation: string): Promise<Twice> {
  ran.add(step.kind);
  const first = await executeStep(step, bench.context(operation));
  const marks = await markEngines(lab);
  const second = await executeStep(step, bench.context(operation));
  return { step, first, second, callsAgain: await marks.calls() };
}

/** `init-swarm:h1: done, then already-done`, and what was changed again, if anything was. */
const told = ({ step, first, second, callsAgain }: Twice): string => {
  const calls = Object.values(callsAgain).flat();
  const changes = step.kind === 'verify' ? calls.filter((call) => !isProberCall(call)) : calls;
  const again = changes.length === 0 ? '' : ` with ${changes.join(', ')}`;
  return `${step.id}: ${wordOf(first)}, then ${wordOf(second)}${again}`;
};
const wordOf = (outcome: Outcome): string =>
  outcome.kind === 'failed' || outcome.kind === 'blocked' ? JSON.stringify(outcome) : outcome.kind;

const formed = (environment: Record<string, string> = {}, content = 'a site'): SpecInput => ({
  cluster,
  nodes: { h1: { role: 'manager' }, h2: { role: 'manager' }, h3: { labels: { zone: 'a' } } },
  networks: { [net]: { attachable: true, subnet: '10.200.1.0/24' } },
  secrets: { key: { from: 'worker' } },
  configs: { site: { content } },
  services: {
    web: { image: 'nginx', networks: [net], ports: ['8080:80'], environment, secrets: ['key'], configs: ['site'] },
  },
  containers: { tool: { host: 'h3', image: 'busybox', command: 'sleep 1000', networks: [net], environment } },
});
const changed = (): SpecInput => ({
  ...formed({ GREETING: 'hello' }, 'another site'),
  nodes: { h1: { role: 'manager' }, h2: { role: 'manager' }, h3: { role: 'manager', labels: { zone: 'b' } } },
});
const emptied = (): SpecInput => ({ cluster, nodes: formed().nodes });
const alone = (): SpecInput => ({ cluster, nodes: { h1: { role: 'manager' } } });

const digestOf = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 12);

/**
 * A name for a network which is the start of the id of another one on this host: an engine that has not heard of the
 * network yet, as no worker has, takes the name for that id.
 */
async function nameLikeAnId(host: LabHost): Promise<string> {
  const [id = ''] = await linesOf(host, ['docker', 'network', 'ls', '--quiet', '--no-trunc', '--filter', 'name=none']);
  return id.slice(0, 3);
}

/** What held a moment ago may not hold now, so a verification is made anew; it changes nothing but its own probers. */
const provedTwice = 'verify: done, then done';

describe('every step twice', () => {
  test('forming a swarm with two managers and a worker, deploying on it', async () => {
    const all = await runTwice(formed());
    expect(all.map(told)).toEqual([
      'prepare-host:h1: already-done, then already-done',
      'prepare-host:h2: already-done, then already-done',
      'prepare-host:h3: already-done, then already-done',
      'init-swarm:h1: done, then already-done',
      'join-manager:h2: done, then already-done',
      'join-worker:h3: done, then already-done',
      'set-node:h3: done, then already-done',
      `create-network:${net}: done, then already-done`,
      'create-secret:key: done, then already-done',
      'create-config:site: done, then already-done',
      'create-service:web: done, then already-done',
      'run-container:tool: done, then already-done',
      provedTwice,
    ]);
  });

  test('a verification leaves no prober behind', async () => {
    for (const host of lab.hosts) {
      const { stdout } = await host.exec(['docker', 'ps', '--all', '--filter', 'label=io.flotilla.probe', '--quiet']);
      expect(stdout).toBe('');
    }
  });

  test('changing a node, a config, a service and a container', async () => {
    expect((await runTwice(changed())).map(told)).toEqual([
      'set-node:h3: done, then already-done',
      'create-config:site: done, then already-done',
      'update-service:web: done, then already-done',
      'replace-container:tool: done, then already-done',
      `remove-config:site-${digestOf('a site')}: done, then already-done`,
      provedTwice,
    ]);
  });

  test('what a service is given is not removed: the swarm refuses it, and the step says so', async () => {
    const { swarm } = await bench.observe(changed());
    const [config] = (swarm.known ? swarm.value?.configs : undefined) ?? [];
    const args = { config: config?.name ?? '', id: config?.id ?? '' };
    const step: Step = { id: 'remove-config:used', kind: 'remove-config', host: null, args, after: [] };
    expect(await executeStep(step, bench.context('op_used'))).toMatchObject({
      kind: 'failed',
      error: { code: 'conflict', message: expect.stringContaining(`The config ${args.config} is given to a service`) },
    });
  });

  test('demoting a manager, removing all that runs', async () => {
    expect((await runTwice(emptied())).map(told)).toEqual([
      'set-node:h3: done, then already-done',
      'remove-container:h3/tool: done, then already-done',
      'remove-service:web: done, then already-done',
      `remove-network:${net}: done, then already-done`,
      `remove-config:site-${digestOf('another site')}: done, then already-done`,
      'remove-secret:key: done, then already-done',
    ]);
  });

  test('rotating a token: it is another one after the first time, and the same after the second', async () => {
    const token = (): Promise<string[]> => linesOf(lab.host('h1'), ['docker', 'swarm', 'join-token', '-q', 'worker']);
    const before = await token();
    const args = { role: 'worker', turn: 1 } as const;
    const step: Step = { id: 'rotate-join-token:worker', kind: 'rotate-join-token', host: null, args, after: [] };
    expect(told(await twice(step, 'op_rotate'))).toBe('rotate-join-token:worker: done, then already-done');
    expect(await token()).not.toEqual(before);
  });

  test('taking a node out, and a manager', async () => {
    expect((await runTwice(alone())).map(told)).toEqual([
      'set-node:h2: done, then already-done',
      'drain-node:h2: done, then already-done',
      'leave-swarm:h2: done, then already-done',
      'remove-node:h2: done, then already-done',
      'drain-node:h3: done, then already-done',
      'leave-swarm:h3: done, then already-done',
      'remove-node:h3: done, then already-done',
    ]);
  });

  test('a host has not left while something holds port 7946, as engines before 28 may', async () => {
    const h3 = lab.host('h3');
    await h3.fault('port-taken', { port: 'tcp/7946' });
    const args = { node: 'h3', id: 'whatever' };
    const step: Step = { id: 'leave-swarm:h3', kind: 'leave-swarm', host: 'h3', args, after: [] };
    const outcome = await executeStep(step, bench.context('op_held'));
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { next: 'Run `flotilla host restart-engine h3`, then retry.' },
    });
    await h3.heal();
    expect(await executeStep(step, bench.context('op_held'))).toEqual({ kind: 'already-done' });
  });

  test('an engine is restarted as often as it is asked for: that it runs says nothing of when it was started', async () => {
    const args = { reason: 'test' };
    const step: Step = { id: 'restart-engine:h3', kind: 'restart-engine', host: 'h3', args, after: [] };
    expect(told(await twice(step, 'op_restart'))).toBe('restart-engine:h3: done, then done');
  });

  test('a secret that the worker has no more is not made, and the step says so', async () => {
    const args = { secret: 'gone', labels: {} };
    const step: Step = { id: 'create-secret:gone', kind: 'create-secret', host: null, args, after: [] };
    expect(await executeStep(step, bench.context('op_gone'))).toMatchObject({
      kind: 'failed',
      error: {
        code: 'secret_unavailable',
        message: 'The secret gone cannot be made: this worker has none of that name.',
      },
    });
  });

  test('ending the swarm with its last node', async () => {
    expect((await runTwice({ cluster, nodes: {} })).map(told)).toEqual(['end-swarm:h1: done, then already-done']);
  });

  test('no kind of step was left out', () => {
    const kinds = stepSchema.options.map((option) => option.shape.kind.value);
    expect([...ran].toSorted()).toEqual(kinds.toSorted());
  });
});

/** Containers are called by id but when they are made; only probers are, since nothing else is made by a verification. */
const isProberCall = (call: string): boolean =>
  call.startsWith('POST /containers/create?name=flotilla-probe-') ||
  /^POST \/containers\/[0-9a-f]{64}\/(start|exec)$/.test(call) ||
  /^POST \/exec\/[0-9a-f]{64}\/start$/.test(call) ||
  /^DELETE \/containers\/[0-9a-f]{64}\?force=/.test(call);
