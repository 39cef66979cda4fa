import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { adoptionSchema } from '#core/adoption.ts';
import { inspectionSchema } from '#core/inspection.ts';
import { runningSchema } from '#core/running.ts';
import type { OperationView } from '#core/wire.ts';
import { markEngines } from './support/lab-for-test.ts';
import { addHosts, ended, requestVerify, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';
import { lastVerification, linesOf, pairLines, probersLeft } from './support/verifications.ts';

/** A swarm that a person made with plain Docker commands: a network, a service, a container. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'adopt', hosts: 2 });
  await formByDocker(stage);
});
afterAll(async () => {
  await stage?.close();
});

async function formByDocker({ lab }: Stage): Promise<void> {
  const [h1, h2] = [lab.host('h1'), lab.host('h2')];
  await linesOf(h1, ['docker', 'swarm', 'init', '--advertise-addr', h1.address]);
  const [token = ''] = await linesOf(h1, ['docker', 'swarm', 'join-token', '--quiet', 'worker']);
  await linesOf(h2, ['docker', 'swarm', 'join', '--advertise-addr', h2.address, '--token', token, h1.address]);
  await linesOf(h1, ['docker', 'network', 'create', '--driver', 'overlay', '--attachable', 'theirs']);
  const service = ['--name', 'web', '--mode', 'global', '--endpoint-mode', 'dnsrr', '--network', 'theirs', 'nginx'];
  await linesOf(h1, ['docker', 'service', 'create', '--quiet', ...service]);
  await linesOf(h1, ['docker', 'run', '--detach', '--name', 'box', '--network', 'theirs', ...askedOfBox, 'nginx']);
  for (const name of ['tub', 'cup'])
    await linesOf(h1, ['docker', 'run', '--detach', '--name', name, '--network', 'theirs', 'nginx']);
}

const askedOfBox = (
  '--env TOKEN=hunter2 --label team=web --volume boxdata:/data --volume /etc/ssl:/ssl:ro --publish 8099:80 --restart always ' +
  '--memory 128m --init --cap-add NET_ADMIN --health-cmd true --ulimit nofile=1024 --stop-timeout 3 --add-host db:10.0.0.1'
).split(' ');

async function adopt(cluster: string, from: string): Promise<OperationView> {
  const asked = stage.api.v1.clusters[':cluster'].adopt.$post({ param: { cluster }, json: { from } });
  return ended(stage.api, await unwrap(asked));
}

test('a worker cannot tell what its swarm is, and says who can', async () => {
  const { state, error } = await adopt('prod', 'h2');
  expect({ state, code: error?.code, message: error?.message }).toEqual({
    state: 'failed',
    code: 'conflict',
    message: 'h2 is a worker of a swarm; only a manager can list it.',
  });
});

test('adopting changes nothing on any host, and names the node that is no registered host', async () => {
  await unwrap(stage.api.v1.hosts[':name'].$delete({ param: { name: 'h2' } }));
  const marks = await markEngines(stage.lab);
  const { result } = succeeded(await adopt('prod', 'h1'));
  expect(await marks.calls()).toEqual({});
  const { nodes, networks, services } = adoptionSchema.parse(result);
  expect(nodes.map(({ host, role }) => ({ host, role }))).toEqual(
    expect.arrayContaining([
      { host: 'h1', role: 'manager' },
      { host: null, role: 'worker' },
    ]),
  );
  expect(nodes.find(({ host }) => host === null)?.addHost).toContain(stage.lab.host('h2').address);
  expect({ networks: networks.map(({ name }) => name), services }).toEqual({ networks: ['theirs'], services: ['web'] });
});

test('a node that nobody can look from keeps the verification from passing', async () => {
  await ended(stage.api, await requestVerify(stage.api, 'prod'));
  const verification = await lastVerification(stage.api, 'prod');
  expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  expect(verification.verdict).toBe('incomplete');
  expect(verification.checks.filter(({ check }) => check === 'node').map(({ result }) => result)).toEqual(['unknown']);
});

test('with all nodes as hosts, every pair is proved, and nothing but the probe image stays', async () => {
  await addHosts(stage.api, [stage.lab.host('h2')]);
  succeeded(await adopt('prod', 'h1'));
  succeeded(await ended(stage.api, await requestVerify(stage.api, 'prod')));
  const verification = await lastVerification(stage.api, 'prod');
  expect(pairLines(verification)).toEqual(['h1 → h2 ok', 'h2 → h1 ok']);
  expect(verification.checks.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['tasks', 'dns', 'ping', 'bulk']),
  );
  expect(await probersLeft(stage.lab)).toEqual([]);
});

test('its networks can be looked into, and an unknown one is said to be unknown', async () => {
  const networks = stage.api.v1.clusters[':cluster'].networks[':network'];
  const look = networks.inspections.$post({ param: { cluster: 'prod', network: 'theirs' }, json: {} });
  const { endpoints } = inspectionSchema.parse(succeeded(await ended(stage.api, await unwrap(look))).result);
  const names = endpoints.filter(({ kind }) => kind !== 'load-balancer').map(({ host, name }) => `${host} ${name}`);
  expect(names.toSorted()).toEqual(['h1 box', 'h1 cup', 'h1 tub', 'h1 web', 'h2 web']);
  const json = { networks: ['no-such'] };
  const verify = stage.api.v1.clusters[':cluster'].verify.$post({ param: { cluster: 'prod' }, json });
  const { error } = await ended(stage.api, await unwrap(verify));
  expect(error).toMatchObject({ code: 'not_found', next: 'It has: theirs.' });
});

test('what runs on it is seen, also of what is not ours, and a host whose engine is down is not called ready', async () => {
  const look = async () => {
    const asked = stage.api.v1.clusters[':cluster'].ps.$post({ param: { cluster: 'prod' }, json: {} });
    return runningSchema.parse(succeeded(await ended(stage.api, await unwrap(asked))).result);
  };
  const { swarm, hosts } = await look();
  expect(swarm).toMatchObject({
    known: true,
    value: {
      nodes: [
        { host: 'h1', role: 'manager', state: 'ready', leader: true },
        { host: 'h2', role: 'worker', state: 'ready' },
      ],
      services: [{ name: 'web', isOurs: false, running: 2, wanted: 2, tasks: [{ node: 'h1' }, { node: 'h2' }] }],
    },
  });
  expect(hosts).toEqual({
    h1: { known: true, value: { containers: [], others: 3 } },
    h2: { known: true, value: { containers: [], others: 0 } },
  });
  await stage.lab.host('h2').stopEngine();
  try {
    const { h1, h2 } = (await look()).hosts;
    expect({ h1: h1?.known, h2: h2?.known }).toEqual({ h1: true, h2: false });
  } finally {
    await stage.lab.host('h2').startEngine();
  }
});

test('it is taken over as it runs: no task and no container is another one, then it is changed, and let go again', async () => {
  const { lab, api } = stage;
  const [h1, h2] = [lab.host('h1'), lab.host('h2')];
  const all = ['docker', 'ps', '--quiet', '--no-trunc'];
  const running = async () => [...(await linesOf(h1, all)), ...(await linesOf(h2, all))].toSorted();
  // Of the engine that was down before, its task comes back first.
  await expect.poll(running, { timeout: 60_000 }).toHaveLength(5);
  const before = await running();
  const param = { cluster: 'prod' };
  const asked = api.v1.clusters[':cluster'].adopt.$post({ param, json: { from: 'h1', draft: true } });
  const { draft } = adoptionSchema.parse(succeeded(await ended(api, await unwrap(asked))).result);
  expect(draft?.untold).toEqual([]);
  const number = String(draft?.revision);
  const { spec } = await unwrap(api.v1.clusters[':cluster'].revisions[':number'].$get({ param: { ...param, number } }));

  // A container that is asked to be another one than it is stays with who started it, and the plan says why.
  const environment = { TOKEN: 'other' };
  const other = {
    ...spec,
    containers: { ...spec.containers, box: { ...spec.containers['box'], environment, restart: 'no', tty: true } },
  };
  await unwrap(api.v1.clusters[':cluster'].spec.$put({ param, json: { spec: other, takeOver: true } }));
  const refused = await ended(api, await unwrap(api.v1.clusters[':cluster'].plans.$post({ param, json: {} })));
  expect(refused.error?.message).toBe(
    'The container box on h1 is taken over as it runs, and the spec says something else: environment (TOKEN); tty none → true; restart always → no.',
  );

  await unwrap(api.v1.clusters[':cluster'].spec.$put({ param, json: { spec, takeOver: true } }));
  const apply = async () =>
    succeeded(await ended(api, await unwrap(api.v1.clusters[':cluster'].apply.$post({ param, header: {}, json: {} }))));
  const taken = await apply();
  expect(taken.plan?.steps.map(({ kind }) => kind)).toEqual(['update-service', 'verify']);
  expect(await running()).toEqual(before);
  expect((await apply()).plan?.steps).toEqual([]);

  // Somebody changes a container that was taken over, and a service behind our back: both are told, and mended. And two
  // replacements were cut off when the old container stood aside, one of them with the new one in its place.
  await linesOf(h1, ['docker', 'stop', 'tub', 'cup']);
  for (const name of ['tub', 'cup']) await linesOf(h1, ['docker', 'rename', name, `${name}.flotilla-old`]);
  const ours = ['--label', 'io.flotilla.cluster=prod', '--label', 'io.flotilla.spec={}'];
  await linesOf(h1, ['docker', 'run', '--detach', '--name', 'cup', ...ours, '--network', 'theirs', 'nginx']);
  await linesOf(h1, ['docker', 'service', 'update', '--quiet', '--detach', '--label-rm', 'io.flotilla.cluster', 'web']);
  const box = { ...spec.containers['box'], environment: { COLOUR: 'blue' } };
  const changed = { ...spec, containers: { ...spec.containers, box } };
  await unwrap(api.v1.clusters[':cluster'].spec.$put({ param, json: { spec: changed } }));
  const { plan } = await apply();
  expect(plan?.steps.map(({ kind, args }) => [kind, 'changes' in args ? args.changes : []])).toEqual([
    ['update-service', ['the labels of Flotilla again; no task is restarted']],
    ['replace-container', ['environment', 'image', 'labels', 'networks', 'ports', 'restart']],
    ['run-container', []],
    ['replace-container', ['environment']],
    ['verify', []],
  ]);
  expect(plan?.warnings.filter(({ id }) => id === 'replacement-cut-off')).toHaveLength(2);
  const names = await linesOf(h1, ['docker', 'ps', '--all', '--format', '{{.Names}} {{.State}}']);
  expect(names.filter((name) => /^(box|cup|tub)/.test(name)).toSorted()).toEqual([
    'box running',
    'cup running',
    'tub running',
  ]);

  const now = await running();
  await unwrap(api.v1.clusters[':cluster'].$delete({ param }));
  expect(await running()).toEqual(now);
  succeeded(await adopt('prod', 'h1'));
});
