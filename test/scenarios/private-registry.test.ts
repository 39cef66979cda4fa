import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import { labLogin } from '#lab/types.ts';
import { filesBelow, sightings, traceOf } from '#test/canaries/canary.ts';
import { applied, ended, propose, requestPlan, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf, runningTasks } from './support/verifications.ts';

/** Images behind a login that only the worker has. */
let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), 'flotilla-logins-'));
const file = join(folder, 'config.json');
beforeAll(async () => {
  stage = await createStage({ id: 'private-registry', hosts: 2, settings: { FLOTILLA_REGISTRY_LOGINS: file } });
});
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true });
});

function logIn(password: string): void {
  const auth = Buffer.from(`${labLogin.username}:${password}`).toString('base64');
  writeFileSync(file, JSON.stringify({ auths: { [stage.lab.privateRegistry]: { auth } } }));
}

const specWith = (tag: string): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
  services: {
    web: { image: `${stage.lab.privateRegistry}/library/nginx${tag}`, networks: ['net'], deploy: { mode: 'global' } },
  },
  containers: {
    tool: {
      host: 'h2',
      image: `${stage.lab.privateRegistry}/library/busybox`,
      command: ['sleep', '1000'],
      networks: ['net'],
    },
  },
});

test('a service and a container are deployed with the login, their tags resolved by it', async () => {
  logIn(labLogin.password);
  await applied(stage.api, specWith(''));
  const [h1, h2] = [stage.lab.host('h1'), stage.lab.host('h2')];
  expect(await runningTasks(h1, 'web')).toBe(2);
  const format = '{{.Spec.TaskTemplate.ContainerSpec.Image}}';
  const [image] = await linesOf(h1, ['docker', 'service', 'inspect', 'web', '--format', format]);
  expect(image).toMatch(/^[\d.]+:5001\/library\/nginx:latest@sha256:[0-9a-f]{64}$/);
  expect(await linesOf(h2, ['docker', 'inspect', 'tool', '--format', '{{.State.Status}}'])).toEqual(['running']);
});

test('an image that the registry does not have is refused, and what runs is left alone', async () => {
  const tasks = () => linesOf(stage.lab.host('h1'), ['docker', 'service', 'ps', '-q', 'web']);
  const before = await tasks();
  await propose(stage.api, specWith(':typo'));
  const { error } = await ended(stage.api, await requestPlan(stage.api, 'demo'));
  expect(error).toMatchObject({
    code: 'image_not_found',
    message: expect.stringContaining('none of h1, h2 has it: it could not start anywhere.'),
    done: 'Nothing was changed on any host.',
  });
  expect(await tasks()).toEqual(before);
});

test('a login that the registry refuses is told by the plan', async () => {
  logIn('wrong');
  await propose(stage.api, specWith(':other'));
  const { plan } = succeeded(await ended(stage.api, await requestPlan(stage.api, 'demo')));
  expect(plan?.warnings.map(({ id }) => id)).toContain('image-not-looked-up');
  expect(plan?.warnings.find(({ id }) => id === 'image-not-looked-up')?.message).toMatch(/unauthorized|authenti/i);
});

test('nobody but the worker and the engines ever had the password', async () => {
  const canaries = [{ name: 'the password', secret: labLogin.password }];
  const told = await unwrap(stage.api.v1.audit.$get({ query: {} }));
  const traces = [
    ...filesBelow(stage.dataDir),
    traceOf('log', stage.entries.join('\n')),
    traceOf('audit', JSON.stringify(told)),
  ];
  expect(sightings(traces, canaries)).toEqual([]);
  expect(sightings(filesBelow(folder), [{ name: 'the one refused', secret: 'wrong' }])).not.toEqual([]);
});
