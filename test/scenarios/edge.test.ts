import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient, unwrap } from '#api/client.ts';
import { listen, type Listening } from '#api/listen.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationEvent, OperationView } from '#core/wire.ts';
import type { Lab } from '#lab/types.ts';
import { until } from '#lab/wait.ts';
import { fromGithub } from '#test/api/hooks.ts';
import { type Running, startCli } from '#test/cli/run-cli.ts';
import { FakeSlack } from '#test/fakes/slack/fake-slack.ts';
import { addUser } from '#test/fakes/slack/workspace.ts';
import { type EdgeOptions, type LocalEdge, startLocalEdge } from '../../infra/edge/dev.ts';
import { freePort } from '../../infra/edge/free-port.ts';
import { formingCalls } from './support/forming-calls.ts';
import { labForTest, markEngines, type Marks, takeDownWhole } from './support/lab-for-test.ts';
import { addHosts, ended, propose, requestApply, show, succeeded } from './support/operations.ts';

/**
 * The control plane in workerd with D1, and a worker by itself beside real hosts, over connections that it opens. What
 * is asked for at the edge is done on the hosts, also while the edge is away.
 */
const ops = 'C0OPS';
/** The edge really is away for so long: the limits of the code are longer, and those of its users shorter. */
const awayMs = 60_000;

let folder: string;
let lab: Lab;
let edge: LocalEdge;
let edgeOptions: EdgeOptions;
let worker: Running;
let slack: FakeSlack;
let slackServer: Listening;
let api: Client;
let marks: Marks;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-scenario-'));
  lab = await labForTest({ id: 'edge', hosts: 2 });
  const [edgePort, slackPort] = [await freePort(), await freePort()];
  const app = (request: Request): Promise<Response> => fetch(toEdge(request));
  slack = new FakeSlack({ url: `http://127.0.0.1:${slackPort}`, app });
  slackServer = await listen((request) => slack.routes.fetch(request), { host: '127.0.0.1', port: slackPort });
  edgeOptions = {
    folder: join(folder, 'edge'),
    port: edgePort,
    secrets: {
      SLACK_SIGNING_SECRET: slack.workspace.signingSecret,
      SLACK_BOT_TOKEN: slack.workspace.botToken,
      SLACK_API_URL: `${slackServer.url}/api/`,
    },
    log: () => {},
  };
  edge = await startLocalEdge(edgeOptions);
  api = createClient({ baseUrl: edge.url, token: edge.adminToken });
  worker = startCli(['worker'], {
    limitMs: 400_000,
    env: {
      FLOTILLA_DATA: join(folder, 'worker'),
      FLOTILLA_URL: edge.url,
      FLOTILLA_WORKER_TOKEN: edge.workerToken,
      FLOTILLA_SSH_KEYS: `default=${lab.sshKeyFile}`,
    },
  });
  await worker.untilShown('works for');
  await addHosts(api, lab.hosts);
  marks = await markEngines(lab);
});
afterAll(async () => {
  worker?.process.kill('SIGTERM');
  await worker?.ended;
  await edge?.stop();
  await slackServer?.close();
  rmSync(folder, { recursive: true, force: true });
  if (lab !== undefined) await takeDownWhole(lab);
});

/** The same request, with its body and its signature, to where the edge is. */
const toEdge = (request: Request): Request => new Request(`${edge.url}${new URL(request.url).pathname}`, request);

const spec: SpecInput = {
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { front: { attachable: true, subnet: '10.200.1.0/24' } },
  services: { web: { image: 'nginx', networks: ['front'], deploy: { mode: 'global' } } },
};

const eventsOf = async (id: string): Promise<OperationEvent[]> =>
  (await unwrap(api.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }))).items;

const createdServices = async (): Promise<number> =>
  ((await marks.calls())['h1'] ?? []).filter((call) => call.startsWith('POST /services/create')).length;

describe('an apply that is asked for at the edge', () => {
  let view: OperationView;

  test('goes on while the edge is away for a minute, and is told afterwards', async () => {
    await propose(api, spec);
    const { id } = await requestApply(api, 'demo');
    await until(
      'a swarm is being formed',
      async () =>
        (await show(api, id)).steps.some(({ step, state }) => step.kind === 'init-swarm' && state !== 'waiting'),
      { limitMs: 90_000, everyMs: 100 },
    );
    await edge.stop();
    await pause(awayMs);
    expect(await createdServices()).toBe(1);
    edge = await startLocalEdge(edgeOptions);
    view = succeeded(await ended(api, { id }));
    expect(view.result).toMatchObject({ verdict: 'passed' });
    expect(Date.parse(view.startedAt ?? '') - Date.parse(view.createdAt)).toBeLessThan(2000);
  }, 240_000);

  test('has all its reports in order, each once, and nothing was done twice', async () => {
    const events = await eventsOf(view.id);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    const stepsOf = (type: 'step-started' | 'step-ended') =>
      events.flatMap(({ body }) => (body.type === type ? [body.step] : []));
    const steps = view.steps.map(({ step }) => step.id).toSorted();
    expect(stepsOf('step-started').toSorted()).toEqual(steps);
    expect(stepsOf('step-ended').toSorted()).toEqual(steps);
    expect(await formingCalls(marks)).toEqual({ init: 1, join: 1, network: 1, service: 1 });
    expect(await unwrap(api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true, fault: null });
  });
});

test('a signed command of Slack is carried out on the hosts', async () => {
  addUser(slack.workspace, 'U0ADA', { name: 'ada' });
  const { id } = await unwrap(api.v1.persons.$post({ json: { name: 'ada', role: 'operator' } }));
  const json = { kind: 'slack', externalId: `${slack.workspace.team}/U0ADA` } as const;
  await unwrap(api.v1.persons[':person'].identities.$post({ param: { person: id }, json }));
  const response = await slack.command('U0ADA', ops, 'verify demo');
  expect(response.status).toBe(200);
  const asked = await until('it was asked for', async () => {
    const { items } = await unwrap(api.v1.operations.$get({ query: { kind: 'verify' } }));
    return items[0] ?? false;
  });
  expect(asked.actor).toMatchObject({ kind: 'person', name: 'ada' });
  expect(succeeded(await ended(api, asked)).result).toMatchObject({ verdict: 'passed' });
});

test('a signed webhook of GitHub is carried out on the hosts', async () => {
  const rule = {
    event: 'push',
    repository: '7',
    ref: 'refs/heads/main',
    cluster: 'demo',
    command: 'network create back',
  };
  const source = await unwrap(
    api.v1.webhooks.sources.$post({ json: { name: 'github', kind: 'github', rules: [rule] } }),
  );
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    after: 'a'.repeat(40),
    repository: { id: 7, full_name: 'acme/infra' },
    sender: { login: 'ann' },
  });
  const answer = await fetch(toEdge(await fromGithub(source, body, { event: 'push' })));
  const { operation }: { operation?: unknown } = Object(await answer.json());
  expect(operation).toMatch(/^op_/);
  const done = succeeded(await ended(api, { id: String(operation) }));
  expect(done.actor).toMatchObject({ kind: 'ci', source: 'webhook:github' });
  const created = ((await marks.calls())['h1'] ?? []).filter((call) => call.startsWith('POST /networks/create'));
  expect(created).toHaveLength(2);
});
