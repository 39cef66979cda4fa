import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import type { EngineClient } from '../docker/engine.ts';
import { engineThat } from '../testing/local-engine.ts';
import { containerSources } from './container-sources.ts';
import { serviceSources } from './service-sources.ts';

/** An engine that answers each path with JSON. */
const answering =
  (answers: Record<string, unknown>): RequestListener =>
  (request, response) => {
    const path = new URL(request.url ?? '', 'http://engine').pathname.replace(/^\/v[\d.]+/, '');
    if (!(path in answers)) response.statusCode = 404;
    response.end(JSON.stringify(answers[path] ?? { message: 'page not found' }));
  };

const service = (ID: string, Name: string) => ({ ID, Version: { Index: 1 }, Spec: { Name, Labels: {} } });
const task = (
  ID: string,
  more: { Slot?: number; NodeID?: string; created: string; state: string; container?: string; Err?: string },
) => ({
  ID,
  ServiceID: 's1',
  NodeID: more.NodeID ?? 'n1',
  Slot: more.Slot ?? 1,
  CreatedAt: more.created,
  DesiredState: 'running',
  Status: {
    State: more.state,
    ...(more.Err === undefined ? {} : { Err: more.Err }),
    ...(more.container === undefined ? {} : { ContainerStatus: { ContainerID: more.container } }),
  },
});
const node = (ID: string, Hostname: string) => ({
  ID,
  Version: { Index: 1 },
  Spec: { Role: 'worker', Availability: 'active', Labels: {} },
  Description: { Hostname },
  Status: { State: 'ready', Addr: '10.0.0.1' },
});
const hostOf = new Map([
  ['n1', 'h1'],
  ['n2', 'h2'],
]);
const only = (engine: EngineClient) => ({ engine: () => engine });
const asking = (engine: EngineClient) => ({
  cluster: 'demo',
  hostOf,
  hosts: only(engine),
  managers: { ask: <T>(call: (engine: EngineClient, host: string) => Promise<T>) => call(engine, 'h1') },
});

const swarm = {
  '/services': [service('s1', 'shop_api'), service('s2', 'shop_web')],
  '/nodes': [node('n1', 'h1'), node('n2', 'h2'), node('n9', 'stranger')],
  '/tasks': [
    task('old111aaa', { created: '2026-11-28T10:00:00Z', state: 'failed', container: 'c-old' }),
    task('new222bbb', { created: '2026-11-28T11:00:00Z', state: 'running', container: 'c-new' }),
    task('rej333ccc', { Slot: 2, created: '2026-11-28T11:00:00Z', state: 'rejected', Err: 'No such image: x' }),
    task('far444ddd', { Slot: 3, NodeID: 'n9', created: '2026-11-28T11:00:00Z', state: 'running', container: 'c-far' }),
  ],
};

test('tasks are read where they run, those before them under names of their own; what has no container is told', async () => {
  await using engine = await engineThat(answering(swarm));
  const { sources, unseen } = await serviceSources({ ...asking(engine), name: 'shop_api' });
  expect(sources.map(({ name, host, container }) => [name, host, container])).toEqual([
    ['shop_api.1', 'h1', 'c-new'],
    ['shop_api.1.old111', 'h1', 'c-old'],
  ]);
  expect(unseen.map(({ name, host, reason }) => [name, host, reason])).toEqual([
    ['shop_api.2', 'h1', 'it has no container (rejected): No such image: x'],
    ['shop_api.3', 'stranger', 'its node stranger is no host here: `flotilla host add`'],
  ]);
});

test('a task of a node that is gone is told as such, and one of a node that came later too', async () => {
  const on = (ID: string, Slot: number, NodeID: string) =>
    task(ID, { Slot, NodeID, created: '2026-11-28T11:00:00Z', state: 'running', container: `c-${ID}` });
  const memory = { nodes: null };
  const reasonsIn = async (answers: Record<string, unknown>) => {
    await using engine = await engineThat(answering({ ...swarm, ...answers }));
    const { unseen } = await serviceSources({ ...asking(engine), name: 'shop_api', memory });
    return unseen.map(({ name, host, reason }) => [name, host, reason]);
  };
  expect(await reasonsIn({ '/tasks': [on('t1', 1, 'n1'), on('t2', 2, 'n0')] })).toEqual([
    ['shop_api.2', null, 'the node that it ran on has left the swarm, and what it printed with it'],
  ]);
  const nodes = [...swarm['/nodes'], node('n3', 'h3')];
  expect(await reasonsIn({ '/tasks': [on('t3', 3, 'n3'), on('t4', 4, 'n9')], '/nodes': nodes })).toEqual([
    ['shop_api.3', 'h3', 'its node h3 joined after this began: follow it anew to see what it prints'],
    ['shop_api.4', 'stranger', 'its node stranger is no host here: `flotilla host add`'],
  ]);
});

test('a service that is not there is refused with the nearest, and one without tasks as such', async () => {
  await using engine = await engineThat(answering({ ...swarm, '/tasks': [] }));
  await expect(serviceSources({ ...asking(engine), name: 'shop_apu' })).rejects.toMatchObject({
    code: 'not_found',
    message: 'The swarm of demo has no service shop_apu; did you mean `shop_api`?',
  });
  await expect(serviceSources({ ...asking(engine), name: 'shop_api' })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('has no tasks'),
  });
});

const ofTask = (Id: string, name: string) => ({
  Id,
  Names: [`/${name}`],
  Image: 'busybox',
  State: 'exited',
  Labels: {
    'com.docker.swarm.service.name': 'web',
    'com.docker.swarm.task.id': name.split('.').at(-1),
    'com.docker.swarm.task.name': name,
  },
});

test('without a manager the hosts say what they have, and that there may be more is told', async () => {
  const containers = [
    ofTask('c2', 'web.1.bbbbbbbb'),
    ofTask('c1', 'web.1.aaaaaaaa'),
    ofTask('c3', 'web.n1id.cccccccc'),
  ];
  await using engine = await engineThat(answering({ '/containers/json': containers }));
  const away = new AppError('engine_unreachable', 'No manager of the swarm answers: h1 is away.');
  const found = await serviceSources({
    ...asking(engine),
    name: 'web',
    hosts: {
      engine: (host) => {
        if (host === 'h2') throw new AppError('host_unreachable', 'h2 cannot be reached.', { host });
        return engine;
      },
    },
    managers: { ask: () => Promise.reject(away) },
  });
  expect(found.sources.map(({ name, host, container }) => [name, host, container])).toEqual([
    ['web.1', 'h1', 'c2'],
    ['web.1.aaaaaa', 'h1', 'c1'],
    ['web', 'h1', 'c3'],
  ]);
  expect(found.unseen).toMatchObject([
    { host: 'h2', code: 'host_unreachable', reason: expect.stringContaining('not known') },
  ]);
  expect(found.notes[0]).toContain('there may be others');
});

const lone = (Id: string, name: string, cluster = 'demo') => ({
  Id,
  Names: [`/${name}`],
  Image: 'busybox',
  State: 'running',
  Labels: { 'io.flotilla.cluster': cluster },
});
const wanted = (engine: EngineClient, name: string, place: string | null = 'h1') => ({
  cluster: 'demo',
  name,
  place,
  hosts: only(engine),
  names: ['h1'],
});

test('a container is found with what stands aside for it, and nothing that is not ours', async () => {
  const containers = [lone('c1', 'tool'), lone('c2', 'tool.flotilla-failed'), lone('c3', 'vault', 'other')];
  await using engine = await engineThat(answering({ '/containers/json': containers }));
  const { sources } = await containerSources(wanted(engine, 'tool'));
  expect(sources.map(({ name }) => name)).toEqual(['tool', 'tool.flotilla-failed']);
  await expect(containerSources(wanted(engine, 'vault', null))).rejects.toMatchObject({ code: 'not_ours' });
  await expect(containerSources(wanted(engine, 'tolo', null))).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('did you mean `tool`?'),
  });
});
