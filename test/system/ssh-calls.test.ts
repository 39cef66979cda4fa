import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { containerLogs, createContainer, startContainer } from '#workers/docker/containers.ts';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { runExec } from '#workers/docker/exec.ts';
import { loadImage, pullImage } from '#workers/docker/images.ts';
import { connectNetwork, disconnectNetwork, inspectNetwork, listNetworks } from '#workers/docker/networks.ts';
import { createService, updateService } from '#workers/docker/services.ts';
import { initSwarm, inspectSwarm, joinSwarm, leaveSwarm, updateSwarm } from '#workers/docker/swarm.ts';
import { listTasks } from '#workers/docker/tasks.ts';
import { engineForEach } from './engine-for-each.ts';
import { type FakeEngine, frame } from './ssh-fake-engine.ts';

let fake: FakeEngine;
let engine: EngineClient;
engineForEach((one) => {
  ({ fake, engine } = one);
});

const asked = (): string => decodeURIComponent(fake.asked.at(-1) ?? '');

test('filters and flags are sent as the engine wants them', async () => {
  fake.json('GET /networks', []);
  await listNetworks(engine, { filters: { name: ['over'], scope: ['swarm'] } });
  expect(asked()).toBe('GET /v1.41/networks?filters={"name":["over"],"scope":["swarm"]}');
  await listNetworks(engine);
  expect(asked()).toBe('GET /v1.41/networks');
  fake.json('GET /tasks', []);
  await listTasks(engine, { service: ['web'] });
  expect(asked()).toBe('GET /v1.41/tasks?filters={"service":["web"]}');
  fake.json('POST /swarm/leave', {});
  await leaveSwarm(engine, { force: true });
  expect(asked()).toBe('POST /v1.41/swarm/leave?force=1');
  await leaveSwarm(engine);
  expect(asked()).toBe('POST /v1.41/swarm/leave');
});

test('what an engine leaves out or sends as null is empty', async () => {
  const bare = { Id: 'n1', Name: 'over', Driver: 'overlay', Scope: 'swarm', IPAM: { Config: null }, Labels: null };
  fake.json('GET /networks/over', bare);
  expect(await inspectNetwork(engine, 'over')).toMatchObject({
    Attachable: false,
    IPAM: { Config: [] },
    Labels: {},
    Options: {},
    Peers: [],
  });
  fake.json('POST /containers/create', { Id: 'c1', Warnings: null });
  expect(await createContainer(engine, {}, { name: 'one' })).toEqual({ id: 'c1', warnings: [] });
});

test('bodies are sent as they are', async () => {
  fake.json('POST /swarm/init', 'node1');
  expect(await initSwarm(engine, { ListenAddr: '0.0.0.0:2377' })).toBe('node1');
  expect(fake.bodies.at(-1)).toBe('{"ListenAddr":"0.0.0.0:2377"}');
  fake.json('POST /networks/n1/connect', {});
  await connectNetwork(engine, 'n1', { container: 'c1', endpointConfig: { Aliases: ['web'] } });
  expect(fake.bodies.at(-1)).toBe('{"Container":"c1","EndpointConfig":{"Aliases":["web"]}}');
  fake.json('POST /networks/n1/disconnect', {});
  await disconnectNetwork(engine, 'n1', { container: 'c1', force: true });
  expect(fake.bodies.at(-1)).toBe('{"Container":"c1","Force":true}');
});

test('a registry login goes into its header and nowhere else', async () => {
  let header: unknown;
  fake.on('POST /services/create', (request, response) => {
    header = request.headers['x-registry-auth'];
    response.writeHead(201).end('{"ID":"s1"}');
  });
  expect(await createService(engine, { Name: 'web' }, { registryAuth: 'bG9naW4=' })).toEqual({
    id: 's1',
    warnings: [],
  });
  expect(header).toBe('bG9naW4=');
  fake.json('POST /services/s1/update', { Warnings: ['slow'] });
  expect(await updateService(engine, 's1', 7, {})).toEqual({ warnings: ['slow'] });
  expect(asked()).toBe('POST /v1.41/services/s1/update?version=7');
});

test('join tokens are read, and an error about them does not show them', async () => {
  const tokens = { Worker: 'SWMTKN-1-secret-w', Manager: 'SWMTKN-1-secret-m' };
  fake.json('GET /swarm', { ID: 's', Version: { Index: 3 }, Spec: { Labels: null }, JoinTokens: tokens });
  expect((await inspectSwarm(engine)).JoinTokens).toEqual(tokens);
  fake.json('POST /swarm/join', { message: `bad token ${tokens.Worker}` }, 400);
  const join = joinSwarm(engine, { ListenAddr: '0.0.0.0', RemoteAddrs: ['h1:2377'], JoinToken: tokens.Worker });
  await expect(join).rejects.toMatchObject({ code: 'engine_error', status: 400 });
  await expect(join).rejects.not.toThrow(/secret/);
  fake.json('POST /swarm/update', { message: 'rpc error: code = Unknown desc = update out of sequence' }, 500);
  await expect(updateSwarm(engine, { version: 3, spec: {}, rotateWorkerToken: true })).rejects.toThrow(
    'out of sequence',
  );
  expect(asked()).toBe('POST /v1.41/swarm/update?version=3&rotateWorkerToken=true');
});

test('starting what runs already is no error', async () => {
  fake.on('POST /containers/c1/start', (_, response) => {
    response.writeHead(304).end();
  });
  expect(await startContainer(engine, 'c1')).toBe('already');
});

test('the output of an exec comes apart, also when it is cut anywhere', async () => {
  fake.json('POST /containers/c1/exec', { Id: 'e1' }, 201);
  fake.on('POST /exec/e1/start', (_, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream', connection: 'close' });
    const all = Buffer.concat([frame(1, 'one\n'), frame(2, 'two\n'), frame(1, 'three\n')]);
    for (const byte of all) response.write(Buffer.from([byte]));
    response.end();
  });
  fake.json('GET /exec/e1/json', { Running: false, ExitCode: 3 });
  const result = await runExec(engine, 'c1', { Cmd: ['x'] });
  expect(result).toEqual({ code: 3, stdout: 'one\nthree\n', stderr: 'two\n', truncated: false });
});

test('an exec whose stream ended and which still runs is not taken for done', async () => {
  fake.json('POST /containers/c1/exec', { Id: 'e1' }, 201);
  fake.on('POST /exec/e1/start', (_, response) => {
    response.writeHead(200, { connection: 'close' }).end(frame(1, 'so far'));
  });
  fake.json('GET /exec/e1/json', { Running: true, ExitCode: null });
  await expect(runExec(engine, 'c1', { Cmd: ['x'] })).rejects.toMatchObject({ code: 'engine_unreachable' });
});

test('output beyond the limit is dropped and said', async () => {
  fake.on('GET /containers/c1/logs', (_, response) => {
    response.end(Buffer.concat([frame(1, 'x'.repeat(100)), frame(2, 'y')]));
  });
  const output = await containerLogs(engine, 'c1', { maxBytes: 10 });
  expect(output).toEqual({ stdout: 'x'.repeat(10), stderr: 'y', truncated: true });
});

test('a pull that fails in the middle of a good answer has failed', async () => {
  const lines = [
    { status: 'Pulling from library/nginx', id: 'latest' },
    { errorDetail: { message: 'manifest unknown: manifest unknown' }, error: 'manifest unknown: manifest unknown' },
  ];
  fake.on('POST /images/create', (_, response) => {
    response.end(lines.map((line) => JSON.stringify(line)).join('\r\n'));
  });
  const seen: string[] = [];
  const pull = pullImage(engine, 'nginx:1.27', { onProgress: ({ status }) => seen.push(status) });
  await expect(pull).rejects.toMatchObject({ code: 'image_not_found' });
  expect(seen).toEqual(['Pulling from library/nginx']);
  expect(asked()).toBe('POST /v1.41/images/create?fromImage=nginx&tag=1.27');
});

test('an archive is sent as it comes, and what was loaded is told', async () => {
  fake.on('POST /images/load', (_, response) => {
    response.end('{"stream":"Loaded image: probe:abc\\n"}\r\n{"stream":"Loaded image ID: sha256:123\\n"}\r\n');
  });
  expect(await loadImage(engine, Readable.from([Buffer.from('tar'), Buffer.from('ball')]))).toEqual([
    'probe:abc',
    'sha256:123',
  ]);
  expect(fake.bodies.at(-1)).toBe('tarball');
  fake.on('POST /images/load', (_, response) => {
    response.end('{"errorDetail":{"message":"no space left on device"},"error":"no space left on device"}');
  });
  await expect(loadImage(engine, Buffer.from('tarball'))).rejects.toThrow('no space left on device');
});

test('an archive that breaks off is an error of its own, and the engine gets no half of it', async () => {
  fake.json('POST /images/load', {});
  const broken = Readable.from(
    (function* () {
      yield Buffer.from('tar');
      throw new Error('disk is gone');
    })(),
  );
  await expect(loadImage(engine, broken)).rejects.toThrow('disk is gone');
});

test('an engine that was exchanged is spoken to in its own version at once', async () => {
  fake.json('GET /networks', []);
  await listNetworks(engine);
  fake.apiVersion = '1.55';
  fake.on('GET /networks', (request, response) => {
    if (request.url?.startsWith('/v1.47/') === true) response.end('[]');
    else
      response
        .writeHead(400)
        .end('{"message":"client version 1.41 is too old. Minimum supported API version is 1.44"}');
  });
  await listNetworks(engine);
  expect(asked()).toBe('GET /v1.47/networks');
  expect(engine.apiVersion()).toBe('1.55');
});

test('no socket, and one that nobody answers on', async () => {
  const nowhere = localEngine('/nowhere/docker.sock', 'h9');
  await expect(listNetworks(nowhere)).rejects.toMatchObject({ code: 'engine_missing', host: 'h9' });
  await nowhere.close();
});
