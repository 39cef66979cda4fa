import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import { filesBelow, sightings, traceOf } from '#test/canaries/canary.ts';
import { recordingTracer } from '#test/fakes/recording-tracer.ts';
import { answersOf } from './support/answers.ts';
import { markEngines } from './support/lab-for-test.ts';
import { applied, applySpec, ended, propose, requestPlan, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf } from './support/verifications.ts';

/** From bare hosts to services that have their secrets and configs, by one command; the values are the worker's alone. */
let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), 'flotilla-secrets-'));
const tracer = recordingTracer();
const said: string[] = [];
beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation((...line) => void said.push(line.join(' ')));
  const settings = { FLOTILLA_SECRETS_FOLDER: folder };
  stage = await createStage({ id: 'secrets', hosts: 1, settings, tracer });
});
afterAll(async () => {
  await stage?.close();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const values = {
  db_password: 'db-value-7Qx2kPz9LmW4tRbN',
  db_password_2: 'db-value-again-5Vc8yHj3GfD6sKxM',
  api_key: 'api-value-1Zn4uEo7TqA9wLiB',
};
const withSecret = (name: 'db_password' | 'db_password_2'): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' } },
  secrets: { [name]: { from: 'worker' }, api_key: { from: 'worker' } },
  configs: { motd: { content: 'hello\n' } },
  services: {
    web: {
      image: 'nginx',
      secrets: [
        { source: name, target: 'db_password' },
        { source: 'api_key', mode: '0400' },
      ],
      configs: ['motd'],
    },
  },
});

const made = () => linesOf(stage.lab.host('h1'), ['docker', 'secret', 'ls', '--format', '{{.Name}}']);
async function read(file: string): Promise<string> {
  const host = stage.lab.host('h1');
  const running = ['--filter', 'name=web', '--filter', 'status=running'];
  const [task = ''] = await linesOf(host, ['docker', 'ps', '--quiet', '--latest', ...running]);
  return (await linesOf(host, ['docker', 'exec', task, 'cat', file])).join('\n');
}

describe('a spec with secrets that the worker is to make', () => {
  test('is refused on bare hosts while the worker has not all of them, and nothing is done', async () => {
    writeFileSync(join(folder, 'db_password'), values.db_password);
    const marks = await markEngines(stage.lab);
    const { state, error } = await applySpec(stage.api, withSecret('db_password'));
    expect({ state, code: error?.code }).toEqual({ state: 'blocked', code: 'not_found' });
    expect(error?.message).toContain('does not hold the secret api_key, and the worker that is to make it has none');
    expect(error?.next).toContain('FLOTILLA_SECRETS_FOLDER');
    expect(await marks.calls()).toEqual({});
  });

  test('is carried out in one go once it has: swarm, secrets, config, service', async () => {
    mkdirSync(join(folder, 'demo'));
    writeFileSync(join(folder, 'demo/api_key'), values.api_key);
    const { steps } = await applied(stage.api, withSecret('db_password'));
    expect(steps.map(({ step }) => step.id)).toEqual([
      'prepare-host:h1',
      'init-swarm:h1',
      'create-secret:db_password',
      'create-secret:api_key',
      'create-config:motd',
      'create-service:web',
    ]);
    expect(await read('/run/secrets/db_password')).toBe(values.db_password);
    expect(await read('/run/secrets/api_key')).toBe(values.api_key);
    expect(await read('/motd')).toBe('hello');
  });

  test('has nothing to do a second time, though the value at the worker is another one', async () => {
    writeFileSync(join(folder, 'db_password'), 'not looked at');
    const { plan } = succeeded(await ended(stage.api, await requestPlan(stage.api, 'demo')));
    expect(plan?.steps).toEqual([]);
  });

  test('gets another value under another name, and the former one goes last', async () => {
    writeFileSync(join(folder, 'db_password_2'), values.db_password_2);
    const { steps, plan } = await applied(stage.api, withSecret('db_password_2'));
    expect(plan?.risk).toBe('high');
    expect(steps.map(({ step }) => step.id)).toEqual([
      'create-secret:db_password_2',
      'update-service:web',
      'remove-secret:db_password',
    ]);
    expect(await read('/run/secrets/db_password')).toBe(values.db_password_2);
    expect((await made()).toSorted()).toEqual(['api_key', 'db_password_2']);
  });

  test('takes away what it made, and nothing that was made by hand', async () => {
    await stage.lab.host('h1').exec(['docker', 'secret', 'create', 'by_hand', '-'], { stdin: 'x' });
    const { steps } = await applied(stage.api, { cluster: 'demo', nodes: { h1: { role: 'manager' } } });
    expect(steps.map(({ step }) => step.kind).toSorted()).toEqual([
      'remove-config',
      'remove-secret',
      'remove-secret',
      'remove-service',
    ]);
    expect(await made()).toEqual(['by_hand']);
  });

  test('is refused where one of that name was made by hand', async () => {
    writeFileSync(join(folder, 'by_hand'), values.api_key);
    const spec = withSecret('db_password_2');
    await propose(stage.api, { ...spec, secrets: { ...spec.secrets, by_hand: { from: 'worker' } } });
    const { error } = await ended(stage.api, await requestPlan(stage.api, 'demo'));
    expect(error).toMatchObject({ code: 'not_ours', next: expect.stringContaining('`by_hand: { external: true }`') });
  });
});

describe('a config that its service cannot live with', () => {
  const command = ['sh', '-c', 'grep good /conf && exec sleep 1000'];
  const withConf = (content: string): SpecInput => ({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' } },
    configs: { conf: { content } },
    services: { web: { image: 'busybox', configs: ['conf'], command, stop_grace_period: '1s' } },
  });
  const configs = () => linesOf(stage.lab.host('h1'), ['docker', 'config', 'ls', '--format', '{{.Name}}']);

  test('leaves the service with the former one, which is still there', async () => {
    await applied(stage.api, withConf('good\n'));
    const [former] = await configs();
    const { state, steps } = await applySpec(stage.api, withConf('bad\n'));
    expect(state).toBe('failed');
    expect(steps.map(({ step, outcome }) => `${step.kind} ${outcome?.kind ?? 'not started'}`)).toEqual([
      'create-config done',
      'update-service failed',
      'remove-config not started',
    ]);
    expect(await configs()).toContain(former);
    expect(await read('/conf')).toBe('good');
  });

  test('goes when the spec says the former content again', async () => {
    const { steps } = await applied(stage.api, withConf('good\n'));
    expect(steps.map(({ step }) => step.kind)).toEqual(['remove-config']);
    expect(await configs()).toHaveLength(1);
    expect(await read('/conf')).toBe('good');
  });
});

test('the values are written nowhere: no log, no answer, no database, no Redis, no spool, no span, no log of an engine', async () => {
  const { flotilla, dataDir, entries, lab } = stage;
  const traces = [
    ...filesBelow(dataDir),
    ...(await answersOf(flotilla)),
    traceOf('log', [...said, ...entries].join('\n')),
    traceOf('spans', JSON.stringify(tracer.spans)),
    traceOf('engine', await lab.host('h1').engineLog()),
  ];
  const canaries = Object.entries(values).map(([name, secret]) => ({ name, secret }));
  expect(sightings(traces, canaries)).toEqual([]);
  const found = sightings(traces, [{ name: 'a name', secret: 'db_password_2' }]).map((one) => one.split(':')[0] ?? '');
  for (const place of [/^flotilla\.db/, /^GET /, /^engine/]) expect(found).toContainEqual(expect.stringMatching(place));
});
