import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { specSchema } from '#core/spec/spec.ts';
import { known } from '#core/observed.ts';
import { formedSwarm, host, withService } from '#core/testing/observations.ts';
import type { RevisionView } from '#core/wire.ts';
import type { EngineClient } from '../docker/engine.ts';
import type { Hosts } from '../hosts.ts';
import { engineThat } from '../testing/local-engine.ts';
import { lookUpDigests, lookUpTags } from './look-up-images.ts';

const digest = `sha256:${'a'.repeat(64)}`;

const revision = (images: Record<string, string>, decisions: RevisionView['decisions'] = []): RevisionView => ({
  cluster: 'demo',
  number: 1,
  base: null,
  state: 'proposed',
  spec: specSchema.parse({
    cluster: 'demo',
    nodes: { h1: { role: 'manager' }, h2: { role: 'manager' }, h3: {} },
    services: Object.fromEntries(Object.entries(images).map(([name, image]) => [name, { image }])),
  }),
  decisions,
  origin: 'apply',
  createdBy: 'ada',
  createdAt: '',
});

const noLogin: Hosts['registryAuth'] = () => Promise.resolve(undefined);

/** Only engines and logins are asked for here. */
const hostsWith = (engine: (name: string) => EngineClient, registryAuth = noLogin): Hosts =>
  ({ all: ['h1', 'h2', 'h3'].map((name) => host(name)), engine, registryAuth }) as unknown as Hosts;

const asked: string[] = [];
const mirrored = { RegistryConfig: { IndexConfigs: { 'docker.io': { Mirrors: ['http://mirror.local/'] } } } };
const registry: RequestListener = (request, response) => {
  const url = decodeURIComponent(request.url ?? '');
  asked.push(url);
  response.setHeader('content-type', 'application/json');
  if (url.endsWith('/info')) return void response.end(JSON.stringify(mirrored));
  if (url.includes('/acme/web:1/')) return void response.end(JSON.stringify({ Descriptor: { digest } }));
  const [status, message] = url.includes('/away/') ? [500, 'no route to host'] : [404, 'manifest unknown'];
  response.writeHead(status).end(JSON.stringify({ message }));
};

test('a manager is asked what each open tag means; what it cannot say is unknown, with its words', async () => {
  await using engine = await engineThat(registry);
  const images = { web: 'acme/web:1', more: 'acme/web:1', typo: 'acme/wbe', gone: 'registry.local:5000/away/x:2' };
  expect(
    await lookUpTags(
      hostsWith(() => engine),
      revision(images),
    ),
  ).toEqual({
    images: {
      'acme/web:1': { known: true, value: digest },
      'acme/wbe': { known: false, reason: 'h1: manifest unknown.', code: 'image_not_found' },
      'registry.local:5000/away/x:2': { known: false, reason: 'h1: no route to host.', code: 'engine_error' },
    },
    // A mirror does not have it; a pull would go on to the registry.
    imageHolders: {},
  });
  expect(asked.filter((url) => url.includes('/acme/web:1/'))).toHaveLength(1);
});

test('a registry is asked with the login to it; without one that can be used it is not asked', async () => {
  const logins: unknown[] = [];
  await using engine = await engineThat((request, response) => {
    logins.push(request.headers['x-registry-auth']);
    registry(request, response);
  });
  const login: Hosts['registryAuth'] = (image) =>
    image.startsWith('acme/')
      ? Promise.resolve('bG9naW4=')
      : Promise.reject(new AppError('registry_login_unavailable', 'The file cannot be read.'));
  const hosts = hostsWith(() => engine, login);
  const { images } = await lookUpTags(hosts, revision({ web: 'acme/web:1', more: 'registry.local:5000/x:1' }));
  expect(images).toEqual({
    'acme/web:1': { known: true, value: digest },
    'registry.local:5000/x:1': {
      known: false,
      reason: 'The file cannot be read.',
      code: 'registry_login_unavailable',
    },
  });
  expect(logins).toEqual(['bG9naW4=']);
});

test('nobody is asked about what has a digest, or was decided', async () => {
  const never = hostsWith(() => {
    throw new Error('asked');
  });
  const decided = [{ path: 'services.web.image', value: `acme/web:1@${digest}`, reason: '' }];
  expect(await lookUpTags(never, revision({ web: 'acme/web:1', db: `db@${digest}` }, decided))).toEqual({});
});

test('the next manager is asked when the first is away; with none that answers it is unknown why', async () => {
  await using engine = await engineThat(registry);
  const away = (): never => {
    throw new AppError('host_unreachable', 'h1 does not answer.', { host: 'h1' });
  };
  const one = hostsWith((name) => (name === 'h2' ? engine : away()));
  expect(await lookUpTags(one, revision({ web: 'acme/web:1' }))).toEqual({
    images: { 'acme/web:1': { known: true, value: digest } },
  });
  expect(await lookUpTags(hostsWith(away), revision({ web: 'acme/web:1' }))).toEqual({
    images: { 'acme/web:1': { known: false, reason: 'h1 does not answer.', code: 'host_unreachable' } },
  });
});

test('every host is asked for an image that its registry does not have; one that is away is unknown', async () => {
  const image = 'registry.local:5000/wbe:1';
  const withImages =
    (held: string[]): RequestListener =>
    (request, response) => {
      const name = /\/images\/(.+)\/json$/.exec(decodeURIComponent(request.url ?? ''))?.[1];
      if (name === undefined) return registry(request, response);
      response.setHeader('content-type', 'application/json');
      if (held.includes(name)) return void response.end(JSON.stringify({ Id: 'sha256:1', Config: null }));
      response.writeHead(404).end(JSON.stringify({ message: `No such image: ${name}` }));
    };
  await using none = await engineThat(withImages([]));
  await using one = await engineThat(withImages([image]));
  const away = (): never => {
    throw new AppError('host_unreachable', 'h3 does not answer.', { host: 'h3' });
  };
  const hosts = hostsWith((name) => (name === 'h1' ? none : name === 'h2' ? one : away()));
  expect((await lookUpTags(hosts, revision({ web: image }))).imageHolders).toEqual({
    [image]: {
      h1: { known: true, value: false },
      h2: { known: true, value: true },
      h3: { known: false, reason: 'h3 does not answer.', code: 'host_unreachable' },
    },
  });
});

test('a registry is asked for a digest that does not run yet, and every host for one that it does not have', async () => {
  await using engine = await engineThat((request, response) => {
    const url = decodeURIComponent(request.url ?? '');
    if (url.includes('/distribution/') && url.includes(digest)) {
      response.setHeader('content-type', 'application/json');
      return void response.end(JSON.stringify({ Descriptor: { digest } }));
    }
    return registry(request, response);
  });
  const other = `sha256:${'b'.repeat(64)}`;
  const runs = { TaskTemplate: { ContainerSpec: { Image: `acme/same@${other}` } }, Mode: { Replicated: {} } };
  const seen = withService(formedSwarm(['h1', 'h2'], ['h3']), { id: 's', name: 'same', labels: {}, spec: runs });
  const images = { web: `acme/x@${digest}`, typo: `registry.local:5000/x@${other}`, same: `acme/same@${other}` };
  const looked = await lookUpDigests(
    hostsWith(() => engine),
    revision(images),
    seen,
  );
  expect(looked).toEqual({
    images: {
      [images.web]: { known: true, value: digest },
      [images.typo]: { known: false, reason: 'h1: manifest unknown.', code: 'image_not_found' },
    },
    imageHolders: { [images.typo]: Object.fromEntries(['h1', 'h2', 'h3'].map((name) => [name, known(false)])) },
  });
});
