import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import type { Outcome } from '#core/step.ts';
import type { EngineName } from '#lab/root/release.ts';
import type { Lab } from '#lab/types.ts';
import { executeStep } from '#workers/steps/index.ts';
import { cluster } from './support/bench-lease.ts';
import { labForTest, markEngines, takeDownWhole } from './support/lab-for-test.ts';
import { createStepBench, type StepBench } from './support/step-bench.ts';
import { linesOf } from './support/verifications.ts';

/** A container is replaced on an old engine and on a new one, and nothing is lost when the new one does not run. */
let lab: Lab;
let bench: StepBench;
let folder: string;
let operations = 0;
const engines: EngineName[] = ['20.10', '28.5'];
beforeAll(async () => {
  lab = await labForTest({ id: 'replacing', engines });
  folder = mkdtempSync(join(tmpdir(), 'flotilla-steps-'));
  bench = await createStepBench(lab, folder, folder);
  await carriedOut({});
});
afterAll(async () => {
  await bench?.close();
  if (lab !== undefined) await takeDownWhole(lab);
  rmSync(folder, { recursive: true, force: true });
});

type Container = Omit<NonNullable<SpecInput['containers']>[string], 'host' | 'image'>;
const specWith = (containers: SpecInput['containers']): SpecInput => ({
  cluster,
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true }, net2: { attachable: true } },
  containers: { ...keepers, ...containers },
});
/** An engine takes an overlay away with its last container, and may refuse the next one for a while. */
const keeper = (host: string) => ({ host, image: 'busybox', command: 'sleep 3600', networks: ['net', 'net2'] });
const keepers = { 'keeper-h1': keeper('h1'), 'keeper-h2': keeper('h2') };

/** Carries out the plan up to the first step that fails; gives its steps and the last outcome. */
async function carriedOut(
  containers: SpecInput['containers'],
  afterPlan: () => Promise<void> = () => Promise.resolve(),
): Promise<{ steps: string[]; outcome: Outcome }> {
  const { steps } = await bench.plan(specWith(containers));
  await afterPlan();
  const operation = `op_replacing${(operations += 1)}`;
  const ran: string[] = [];
  let outcome: Outcome = { kind: 'done' };
  for (const step of steps.filter(({ kind }) => kind !== 'verify')) {
    ran.push(step.id);
    outcome = await executeStep(step, bench.context(operation));
    if (outcome.kind === 'failed' || outcome.kind === 'blocked') break;
  }
  return { steps: ran, outcome };
}
const failureOf = ({ outcome }: { outcome: Outcome }) => (outcome.kind === 'failed' ? outcome.error : undefined);

/** What the tests ask of one host. */
function at(host: string) {
  const docker = (...argv: string[]) => linesOf(lab.host(host), ['docker', ...argv]);
  const tool = (more: Container = {}): SpecInput['containers'] => ({
    tool: {
      host,
      image: 'busybox',
      command: 'sleep 1000',
      networks: ['net', 'net2'],
      stop_grace_period: '0s',
      ...more,
    },
  });
  return {
    docker,
    tool,
    here: async () =>
      (await docker('ps', '--all', '--filter', 'name=tool', '--format', '{{.Names}} {{.State}}')).toSorted(),
    idOf: async (name: string) => (await docker('inspect', '--format', '{{.Id}}', name))[0] ?? '',
    /** Nothing but the tool, as it was at first. */
    anew: async () => {
      await carriedOut({});
      const { outcome } = await carriedOut(tool());
      if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
    },
  };
}
const changed: Container = { environment: { TURN: 'second' } };

describe.each([
  ['h1', 'h2'],
  ['h2', 'h1'],
])('on %s', (host, other) => {
  const { docker, here, idOf, tool, anew } = at(host);
  beforeEach(anew);
  afterAll(async () => {
    await carriedOut({});
  });

  test('the new one is made before the old one is stopped, and runs alone in the end', async () => {
    const old = await idOf('tool');
    const marks = await markEngines(lab);
    const { steps, outcome } = await carriedOut(tool(changed));
    expect({ steps, kind: outcome.kind }).toEqual({ steps: ['replace-container:tool'], kind: 'done' });
    const calls = (await marks.calls())[host]?.map((call) =>
      call
        .replaceAll(old, 'OLD')
        .replaceAll(/[0-9a-z]{64}/g, 'NEW')
        .replaceAll(/[0-9a-z]{25}/g, 'NET'),
    );
    expect([...new Set(calls)]).toEqual([
      'POST /containers/create?name=tool.flotilla-next',
      'POST /networks/NET/connect',
      'POST /containers/OLD/stop?t=0',
      'POST /containers/OLD/rename?name=tool.flotilla-old',
      'POST /containers/NEW/rename?name=tool',
      'POST /containers/NEW/start',
      'DELETE /containers/OLD?force=true&v=true',
    ]);
    expect(await here()).toEqual(['tool running']);
  });

  test('its name leads to the new one from another host, and to nothing under the name it was made with', async () => {
    await carriedOut(tool(changed));
    const [address = ''] = await docker('inspect', '--format', '{{.NetworkSettings.Networks.net.IPAddress}}', 'tool');
    const ask = (name: string) => lab.host(other).exec(['docker', 'exec', `keeper-${other}`, 'nslookup', name]);
    expect((await ask('tool')).stdout).toContain(address);
    expect((await ask('tool.flotilla-next')).stdout).not.toContain(address);
  });

  test('what its engine does not even make leaves the old one as it was', async () => {
    const old = await idOf('tool');
    const result = await carriedOut(tool({ volumes: ['/no/such/path:/data'] }));
    expect(failureOf(result)).toMatchObject({
      done: 'The old container tool was not touched.',
      next: 'Make that path on the host, or take the mount out of the spec; then apply again.',
    });
    expect(await idOf('tool')).toBe(old);
    expect(await here()).toEqual(['tool running']);
  });

  test.each<[string, Container, RegExp, string]>([
    ['has a port that is taken', { ports: ['9000:80'] }, /address already in use/, 'Choose another published port'],
    ['has a setting that no kernel knows', { sysctls: { 'net.nothing': 1 } }, /net.nothing|net\/nothing/, ''],
    [
      'ends at once',
      { command: 'false', restart: 'no' },
      /ended at once \(exited, exit code 1\)/,
      'flotilla container logs tool.flotilla-failed',
    ],
    [
      'is unhealthy',
      { healthcheck: { test: 'false', interval: '1s', retries: 1 } },
      /is unhealthy/,
      'docker inspect tool.flotilla-failed',
    ],
  ])('one that %s is put aside, and the old one runs again', async (_what, more, message, next) => {
    const old = await idOf('tool');
    const result = await carriedOut(tool(more), () => lab.host(host).fault('port-taken', { port: 'tcp/9000' }));
    await lab.host(host).heal();
    const error = failureOf(result);
    expect(error?.message).toMatch(message);
    expect(error?.done).toBe(
      'The old container tool runs again. The new one is kept as tool.flotilla-failed, stopped, until the next change.',
    );
    expect(error?.next ?? '').toContain(next);
    expect(await idOf('tool')).toBe(old);
    expect((await here()).map((line) => line.replace('created', 'exited'))).toEqual([
      'tool running',
      'tool.flotilla-failed exited',
    ]);
  });

  test('an old one that had ended by itself is put back and not started', async () => {
    await carriedOut(tool({ restart: 'no', command: 'sleep 0.5' }));
    await docker('wait', 'tool');
    const { outcome } = await carriedOut(tool({ command: 'false', restart: 'no' }));
    expect(outcome).toMatchObject({ error: { done: expect.stringContaining('The old container tool is back.') } });
    expect(await here()).toEqual(['tool exited', 'tool.flotilla-failed exited']);
  });

  test('a paused one, and one that is started again and again, are replaced', async () => {
    await docker('pause', 'tool');
    expect((await carriedOut(tool({ ...changed, restart: 'always' }))).outcome.kind).toBe('done');
    await docker('stop', '--time', '0', 'tool');
    expect((await carriedOut(tool())).outcome.kind).toBe('done');
    expect(await here()).toEqual(['tool running']);
  });

  test('an operation that broke off is taken up by the next one', async () => {
    await carriedOut(tool(changed));
    await docker('stop', '--time', '0', 'tool');
    await docker('rename', 'tool', 'tool.flotilla-old');
    const { steps, outcome } = await carriedOut(tool());
    expect({ steps, kind: outcome.kind }).toEqual({ steps: ['run-container:tool'], kind: 'done' });
    expect(await here()).toEqual(['tool running']);
  });
});

describe('whatever the engine', () => {
  const host = 'h1';
  const { docker, here, tool, anew } = at(host);
  beforeEach(anew);
  afterAll(async () => {
    await carriedOut({});
  });

  test('an image that does not exist leaves the old one as it was', async () => {
    const { outcome } = await carriedOut({ tool: { host, image: 'no-such-image:1' } });
    expect(outcome).toMatchObject({
      error: { code: 'image_not_found', done: 'The old container tool was not touched.' },
    });
    expect(await here()).toEqual(['tool running']);
  });

  test('one that failed is no part of what the spec says, and goes with the next change', async () => {
    await carriedOut(tool({ command: 'false', restart: 'no' }));
    expect((await carriedOut(tool())).steps).toEqual([]);
    expect(await here()).toEqual(['tool running', 'tool.flotilla-failed exited']);
    expect((await carriedOut(tool(changed))).steps).toEqual(['replace-container:tool']);
    expect(await here()).toEqual(['tool running']);
  });

  test('one that failed goes with the container', async () => {
    await carriedOut(tool({ command: 'false', restart: 'no' }));
    expect((await carriedOut({})).steps).toEqual([`remove-container:${host}/tool`]);
    expect(await here()).toEqual([]);
  });

  test('what an operation that broke off left aside is planned away where nothing else is to do', async () => {
    await docker('create', '--name', 'tool.flotilla-old', ...(await labelsOf('tool')), 'busybox');
    expect((await carriedOut(tool())).steps).toEqual([`remove-container:${host}/tool.flotilla-old`]);
    expect(await here()).toEqual(['tool running']);
  });

  async function labelsOf(name: string): Promise<string[]> {
    const lines = await docker(
      'inspect',
      '--format',
      '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{"\\n"}}{{end}}',
      name,
    );
    return lines.flatMap((line) => ['--label', line]);
  }
});
