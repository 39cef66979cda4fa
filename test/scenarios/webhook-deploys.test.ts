import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { exitCodeOf } from '#core/errors.ts';
import type { MadeSource } from '#core/webhooks/contract.ts';
import { hookAnswerSchema } from '#core/webhooks/contract.ts';
import { standardSignature } from '#core/webhooks/signatures.ts';
import { startCli } from '#test/cli/run-cli.ts';
import { applied, ended } from './support/operations.ts';
import { pushVariant } from './support/push-variant.ts';
import { createStage, type Stage } from './support/stage.ts';
import { linesOf, runningTasks } from './support/verifications.ts';

/** From a pushed image to a proved network, and back again when the image does not run. */
let stage: Stage;
let source: MadeSource;
let image: string;
beforeAll(async () => {
  stage = await createStage({ id: 'webhook-deploys', hosts: 2 });
  const { lab, api } = stage;
  image = `${lab.registry}/acme/web`;
  await pushVariant(lab, { name: 'acme/web', tag: 'first', change: { Env: ['BUILD=first'] } });
  await applied(api, {
    cluster: 'demo',
    nodes: { h1: { role: 'manager' }, h2: {} },
    networks: { net: { attachable: true, subnet: '10.200.1.0/24' } },
    services: { web: { image: `${image}:first`, networks: ['net'], deploy: { mode: 'global' } } },
  });
  const rules = [
    {
      event: 'image',
      repository: 'acme/web',
      cluster: 'demo',
      command: `service update web --image ${image}@{digest}`,
    },
  ];
  source = await unwrap(api.v1.webhooks.sources.$post({ json: { name: 'ci', kind: 'standard', rules, secret: null } }));
});
afterAll(async () => {
  await stage?.close();
});

let sent = 0;

/** The signed webhook of a build; gives the operation that was made of it. */
async function built(digest: string): Promise<string> {
  sent += 1;
  const [id, timestamp] = [`msg_${sent}`, String(Math.floor(Date.now() / 1000))];
  const body = JSON.stringify({ event: 'image', repository: 'acme/web', digest, person: 'ann', run: sent });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': await standardSignature(source.secret ?? '', id, timestamp, body),
  };
  const answer = await fetch(stage.flotilla.url + source.source.path, { method: 'POST', headers, body });
  expect(answer.status).toBe(202);
  return hookAnswerSchema.parse(await answer.json()).operation ?? '';
}

const watch = (operation: string) => {
  const env = { FLOTILLA_URL: stage.flotilla.url, FLOTILLA_TOKEN: stage.flotilla.adminToken ?? '' };
  return startCli(['ops', 'watch', operation], { env, limitMs: 150_000 }).ended;
};

const imageOf = async (): Promise<string[]> => {
  const format = '{{.Spec.TaskTemplate.ContainerSpec.Image}}';
  return linesOf(stage.lab.host('h1'), ['docker', 'service', 'inspect', 'web', '--format', format]);
};

let good = '';

test('an image is pushed, the webhook comes, the service is updated by digest and proved, the watcher exits with 0', async () => {
  good = await pushVariant(stage.lab, { name: 'acme/web', tag: 'second', change: { Env: ['BUILD=second'] } });
  const operation = await built(good);
  const { code, stdout, stderr } = await watch(operation);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('web');
  expect(await imageOf()).toEqual([`${image}@${good}`]);
  const { actor, steps } = await ended(stage.api, { id: operation });
  expect(actor).toEqual({ kind: 'ci', source: 'webhook:ci', name: 'ci (ann)' });
  expect(steps.map(({ step, outcome }) => `${step.id} ${outcome?.kind}`)).toEqual([
    'update-service:web done',
    'verify done',
  ]);
});

test('an image that does not run fails with its task’s error, the service goes back, the watcher exits with another code', async () => {
  const broken = await pushVariant(stage.lab, {
    name: 'acme/web',
    tag: 'third',
    change: { Cmd: ['sh', '-c', 'exit 3'] },
  });
  const operation = await built(broken);
  const { code, stderr } = await watch(operation);
  expect(code).toBe(exitCodeOf('step_failed'));
  expect(stderr).toContain('non-zero exit (3)');
  expect(stderr).toContain('was rolled back and runs as before');
  expect(await imageOf()).toEqual([`${image}@${good}`]);
  expect(await runningTasks(stage.lab.host('h1'), 'web')).toBe(2);
  expect(await ended(stage.api, { id: operation })).toMatchObject({ state: 'failed', error: { code: 'step_failed' } });
});

test('an image that is not there fails by name and goes back; the next good one is taken', async () => {
  const operation = await built(`sha256:${'0'.repeat(64)}`);
  const { code, stderr } = await watch(operation);
  expect(code).toBe(exitCodeOf('image_not_found'));
  expect(stderr).toContain('was rolled back and runs as before');
  const next = await pushVariant(stage.lab, { name: 'acme/web', tag: 'fourth', change: { Env: ['BUILD=fourth'] } });
  expect((await watch(await built(next))).code).toBe(0);
  expect(await imageOf()).toEqual([`${image}@${next}`]);
});
