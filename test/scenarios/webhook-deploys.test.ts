import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { exitCodeOf } from '#core/errors.ts';
import type { MadeSource } from '#core/webhooks/contract.ts';
import { hookAnswerSchema } from '#core/webhooks/contract.ts';
import { standardSignature } from '#core/webhooks/signatures.ts';
import { startCli } from '#test/cli/run-cli.ts';
import { applied, ended, requestApply, requestPlan, succeeded } from './support/operations.ts';
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
    'webhook-signature': await standardSignature(source.secret ?? '', { id, timestamp, body }),
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

test('an image that is in no registry is refused by name before any task is stopped; the next good one is taken', async () => {
  const tasks = () => linesOf(stage.lab.host('h1'), ['docker', 'service', 'ps', '--quiet', 'web']);
  const before = await tasks();
  const operation = await built(`sha256:${'0'.repeat(64)}`);
  const { code, stderr } = await watch(operation);
  expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining('The registry has no image') });
  expect(await ended(stage.api, { id: operation })).toMatchObject({ steps: [], error: { code: 'image_not_found' } });
  expect(await tasks()).toEqual(before);
  const next = await pushVariant(stage.lab, { name: 'acme/web', tag: 'fourth', change: { Env: ['BUILD=fourth'] } });
  expect((await watch(await built(next))).code).toBe(0);
  expect(await imageOf()).toEqual([`${image}@${next}`]);
});

test('three webhooks in quick succession are each done in their turn; the last one runs', async () => {
  const digests: string[] = [];
  for (const build of ['one', 'two', 'three'])
    digests.push(await pushVariant(stage.lab, { name: 'acme/web', tag: build, change: { Env: [`BUILD=${build}`] } }));
  const operations: string[] = [];
  for (const digest of digests) operations.push(await built(digest));
  for (const id of operations) succeeded(await ended(stage.api, { id }));
  expect(await imageOf()).toEqual([`${image}@${digests.at(-1)}`]);
}, 360_000);

/** Applies what a verb makes of `web`; gives what its step did, or nothing. */
async function edited(args: object): Promise<string[]> {
  const { api } = stage;
  const json = { verb: 'service update', args: { name: 'web', ...args } };
  await unwrap(api.v1.clusters[':cluster'].edits.$post({ param: { cluster: 'demo' }, json }));
  const { steps } = succeeded(await ended(api, await requestApply(api, 'demo')));
  return steps.flatMap(({ step }) => (step.kind === 'update-service' ? step.args.changes : []));
}

/** How often its engine was asked what a tag means. */
const looks = async (): Promise<number> =>
  Number(
    (await linesOf(stage.lab.host('h1'), ['grep', '-c', 'Calling GET .*/distribution/', '/var/log/dockerd.log']))[0],
  );

test('a tag runs as the digest that it has; when it moves nothing changes until it is named again', async () => {
  const push = (build: string) =>
    pushVariant(stage.lab, { name: 'acme/web', tag: 'moving', change: { Env: [`BUILD=${build}`] } });
  const tagged = `${image}:moving`;
  const before = await push('fifth');
  expect(await edited({ image: tagged })).toHaveLength(1);
  expect(await imageOf()).toEqual([`${tagged}@${before}`]);
  const asked = await looks();
  const after = await push('sixth');
  const { steps } = succeeded(await ended(stage.api, await requestApply(stage.api, 'demo')));
  expect([steps, await looks()]).toEqual([[], asked]);
  expect(await edited({ image: tagged })).toEqual([`image ${tagged}@${before} → ${tagged}@${after}`]);
  expect(await imageOf()).toEqual([`${tagged}@${after}`]);
});

test('a registry that is away is told by the plan, which is made all the same', async () => {
  const { api } = stage;
  const json = { verb: 'service update', args: { name: 'web', image: 'registry.nowhere.example/web:1' } };
  await unwrap(api.v1.clusters[':cluster'].edits.$post({ param: { cluster: 'demo' }, json }));
  const { plan } = succeeded(await ended(api, await requestPlan(api, 'demo')));
  expect(plan?.warnings).toMatchObject([
    { id: 'image-not-looked-up', message: expect.stringContaining('Each host takes what it has or finds') },
  ]);
  expect(plan?.decisions.at(-1)).toMatchObject({ value: 'registry.nowhere.example/web:1' });
});
