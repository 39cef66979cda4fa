import { type Client, createClient, unwrap, unwrapStream } from '#api/client.ts';
import type { App } from '#api/app.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { addHosts, apply, cluster, demoSpec, plan, propose, show, verify } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { askForLogs, fetchLogs, line } from '#test/api/printed.ts';
import { addSource, fromGithub, published } from '#test/api/hooks.ts';
import { approve, deny, setPolicy, someone, type Someone } from '#test/api/people.ts';
import type { World } from '#test/world.ts';
import type { SlackWorld } from '#test/slack/slack-world.ts';
import { type Canary, type Trace, traceOf } from './canary.ts';

/** What people put into a spec, into a token, into a refused request: each is looked for afterwards. */
export const planted = {
  service: { name: 'an environment value', secret: 'Sv7/+é "W4xR71mPqK2vTn5&' },
  registry: { name: 'a registry password', secret: 'Rg5=8hJkLw3NzXcVb9QmYt2' },
  edited: { name: 'an environment value of a verb', secret: 'Ed9-Ly4TgBvCx6MnPoIu7Wq' },
  said: { name: 'an environment value that was said', secret: 'Sd3-Hn8RfVtGb2YjKmLp5Xz' },
  chat: { name: 'an environment value from chat', secret: 'Ch6-Kq1WsEdXc4RfTgBy9Nm' },
  refused: { name: 'a password in a refused spec', secret: 'Rf2-Uj7MnBvGt5HyPlOk8Ws' },
  url: { name: 'a password in a URL', secret: 'Ur4-Zx9AqSwEd3CvFrTg6Bh' },
  printed: { name: 'a password that a program prints', secret: 'Pr7-Gb2NhYtRf5VcDxSw8Ek' },
  webhook: { name: 'a webhook secret of CI', secret: 'Wh1-Qz6YhNbGt4RfVcDx8Jk2' },
} satisfies Record<string, Canary>;

const secretOf = (token: string): string => token.split('_').at(-2) ?? '';
const bare = bareHosts('h1', 'h2', 'h3');

/** What a day left behind: every answer, and the secrets that were made on it. */
export interface Day {
  answers: Trace[];
  tokens: Canary[];
}

/** A day's work: people come, change, approve, deny, lock, break glass and ask; some of it goes wrong. */
export async function aDaysWork(s: SlackWorld): Promise<Day> {
  const { world } = s;
  const answers: Trace[] = [];
  const tokens: Canary[] = [
    { name: "the admin's token", secret: secretOf(world.adminToken) },
    { name: "the workers' token", secret: secretOf(world.api.workerToken) },
  ];
  const made = (name: string, { token }: { token: string }): string => {
    tokens.push({ name, secret: secretOf(token) });
    return token;
  };
  const api = clientOf(world.api.app, world.adminToken, answers);
  const day = { ...s, world: { ...world, admin: api, clientOf: (t: string) => clientOf(world.api.app, t, answers) } };
  const olga = await someone(day.world, 'olga', 'operator');
  const bob = await someone(day.world, 'bob', 'approver');
  for (const { name, token } of [olga, bob]) made(`${name}'s token`, { token });
  await tokensOf(api, made);
  const worker = new FakeWorker(clientOf(world.api.app, world.api.workerToken, answers, 'worker '));
  await changes(day, { olga, bob, worker });
  await mistakes(
    olga.api,
    day.world.clientOf(made('a lost token', await unwrap(bob.api.v1.tokens.$post({ json: { label: 'lost' } })))),
  );
  await emergencies({ olga, bob, worker });
  await webhooks(day.world, made);
  await questions(world.api.app, world.adminToken, answers);
  return { answers, tokens };
}

/** A source with a secret that CI chose, one with ours, and the second of ours; signed deliveries to both. */
async function webhooks(world: World, made: (name: string, token: { token: string }) => string): Promise<void> {
  const given = await addSource(world, 'given', { secret: planted.webhook.secret });
  const ours = await addSource(world, 'ours');
  const rolled = await unwrap(
    world.admin.v1.webhooks.sources[':source'].roll.$post({ param: { source: 'ours' }, json: {} }),
  );
  for (const [name, secret] of [
    ['a webhook secret', ours.secret],
    ['a rolled webhook secret', rolled.secret],
  ] as const)
    made(name, { token: `_${(secret ?? '').replace('whsec_', '')}_` });
  const senders = [{ ...given, secret: planted.webhook.secret }, ours, rolled];
  for (const [at, sender] of senders.entries()) {
    await world.api.app.fetch(await fromGithub(sender, published(`a${at}`)));
  }
  await world.api.app.fetch(await fromGithub({ ...given, secret: 'wrong' }, published('ee')));
}

type People = { olga: Someone; bob: Someone; worker: FakeWorker };

async function tokensOf(api: Client, made: (name: string, token: { token: string }) => string): Promise<void> {
  const key = { headers: { 'idempotency-key': '"the-token"' } };
  const ci = await unwrap(api.v1.tokens.$post({ json: { label: 'ci', role: 'operator', env: 'ci' } }, key));
  made('a token with a place in it', ci);
  const rolled = await unwrap(
    api.v1.tokens[':token'].roll.$post({ param: { token: ci.view.id }, json: { overlapMinutes: 5 } }),
  );
  made('a rolled token', rolled);
  // Somebody takes the whole token for its id, and then for the name of things.
  for (const token of [rolled.token, ci.token]) {
    await api.v1.tokens[':token'].revoke.$post({ param: { token }, json: {} });
    await api.v1.operations[':id'].cancel.$post({ param: { id: token }, json: {} });
    await api.v1.clusters[':cluster'].plans.$post({ param: { cluster: token }, json: {} });
  }
  await unwrap(api.v1.tokens[':token'].revoke.$post({ param: { token: rolled.view.id }, json: {} }));
}

async function changes({ world, say, join }: SlackWorld, { olga, bob, worker }: People): Promise<void> {
  await addHosts(olga.api, 'h1', 'h2', 'h3');
  const environment = { PASSWORD: planted.service.secret, REGISTRY_PASSWORD: planted.registry.secret };
  const spec = {
    ...demoSpec,
    services: { web: { image: 'nginx', networks: ['net1'], environment } },
    containers: { box: { host: 'h2', image: 'nginx', networks: ['net1'], environment } },
  };
  await propose(olga.api, spec);
  const key = { headers: { 'idempotency-key': '"the-spec"' } };
  const json = { spec: { ...spec, nodes: { ...spec.nodes, h3: { labels: { zone: 'a' } } } } };
  for (let twice = 0; twice < 2; twice += 1) {
    await unwrap(olga.api.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json }, key));
  }
  const args = { name: 'api', image: 'nginx', network: ['net1'], env: [`PASSWORD=${planted.edited.secret}`] };
  await unwrap(
    olga.api.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json: { verb: 'service create', args } }),
  );
  const text = `service create said --image nginx --network net1 --env PASSWORD=${planted.said.secret} in ${cluster}`;
  const { user } = await join('ann', 'operator');
  await say(user, text.replace('said', 'chat').replace(planted.said.secret, planted.chat.secret));
  const said = await unwrap(olga.api.v1.commands.$post({ json: { text } }));
  if (said.result.kind !== 'operation') throw new Error('nothing was planned');
  for (const { id, kind } of (await unwrap(olga.api.v1.operations.$get({ query: {} }))).items.toReversed()) {
    if (kind === 'plan') await worker.run(id, bare);
  }
  await worker.run((await plan(olga.api)).id, bare);
  await setPolicy(world, { approvals: [{ low: 1 }] });
  const denied = await apply(olga.api);
  await worker.take(denied.id);
  await worker.observe(bare);
  await deny(bob.api, denied.id, 'not today');
  await propose(olga.api, { ...spec, verify: { connectivity: 'none' } });
  const { id } = await apply(olga.api);
  await worker.take(id);
  await worker.observe(bare);
  await approve(bob.api, id);
  const ran = await worker.run(id, bare);
  if (ran.kind !== 'planned') throw new Error(`the apply was ${ran.kind}`);
  const proof = await verify(olga.api);
  await worker.take(proof.id);
  await worker.tell({ type: 'swarm', swarmId: 'swarm-1', nodes: { h1: 'n1' } });
  await worker.end('failed', 'step_failed');
  await lookAtLogs(olga.api, worker);
  const again = await unwrap(olga.api.v1.operations[':id'].retry.$post({ param: { id: proof.id }, json: {} }));
  await unwrap(olga.api.v1.operations[':id'].cancel.$post({ param: { id: again.id }, json: {} }));
}

/** What a program prints goes by, once to who asked, once to nobody, and once to who follows. */
async function lookAtLogs(api: Client, worker: FakeWorker): Promise<void> {
  for (const isFetched of [true, false]) {
    const { id } = await askForLogs(api);
    await worker.take(id);
    await worker.handOver([line('web.1', `login with ${planted.printed.secret}`), { type: 'end', lines: 1 }]);
    await worker.end();
    if (isFetched) await fetchLogs(api, id);
  }
  const { id } = await askForLogs(api, { follow: true });
  const followed = fetchLogs(api, id);
  await worker.take(id);
  await worker.handOver([line('web.1', `again with ${planted.printed.secret}`)], false, 1);
  await worker.end();
  await followed;
}

/** Requests that are refused, with secrets in the wrong places. Their answers are the sender's own. */
async function mistakes(api: Client, lost: Client): Promise<void> {
  const { secret } = planted.refused;
  const wrong = [
    { ...demoSpec, services: { web: { image: `bob:${secret}@registry.test/web`, networks: ['net1'] } } },
    { ...demoSpec, services: { web: { image: 'nginx', networks: ['net1'], enviroment: { A: secret } } } },
    { ...demoSpec, services: { web: { image: 'nginx', networks: ['net1'], environment: [{ A: secret }] } } },
    { ...demoSpec, verify: { http: [{ url: `http://bob:${planted.url.secret}@h1:8080`, expect: 200 }] } },
  ];
  for (const spec of wrong) {
    await api.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json: { spec } });
  }
  await api.v1.commands.$post({ json: { text: `service create web --imge nginx --env A=${secret} in ${cluster}` } });
  const { items } = await unwrap(lost.v1.tokens.$get());
  for (const { id } of items.filter(({ label }) => label === 'lost'))
    await lost.v1.tokens[':token'].revoke.$post({ param: { token: id }, json: {} });
  await lost.v1.hosts.$get();
}

async function emergencies({ olga, bob, worker }: People): Promise<void> {
  await unwrap(bob.api.v1.holds.$post({ json: { kind: 'freeze', cluster, reason: 'christmas' } }));
  await unwrap(bob.api.v1['break-glass'].$post({ json: { cluster, confirm: cluster, reason: 'the shop is down' } }));
  await propose(bob.api, { ...demoSpec, networks: {} });
  const { id } = await apply(bob.api);
  await worker.run(id, bare);
  await show(olga.api, id);
}

/** Every route that only looks, asked by a viewer's eyes and exported by an admin. */
async function questions(app: App, admin: string, answers: Trace[]): Promise<void> {
  const api = clientOf(app, admin, answers, 'export ');
  for (const format of ['ndjson', 'csv'] as const) {
    const taken = api.v1.audit.export.$get({ query: { format } });
    answers.push(traceOf(`export.${format}`, await new Response(await unwrapStream(taken)).text()));
  }
}

/** A client whose answers are kept, each with the route that gave it. */
function clientOf(app: App, token: string, answers: Trace[], who = ''): Client {
  const fetch = async (request: Request): Promise<Response> => {
    const response = await app.fetch(request);
    const where = `${who}${request.method} ${new URL(request.url).pathname}`;
    if (!request.url.includes('/audit/export')) answers.push(traceOf(where, await response.clone().text()));
    return response;
  };
  return createClient({ baseUrl: 'http://flotilla.test', token, fetch });
}
