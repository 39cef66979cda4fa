import { expect, test } from 'vitest';
import { AppError } from '#core/errors.ts';
import { engineThat } from '../testing/local-engine.ts';
import { pullReason } from './pull-reason.ts';

const spec = { TaskTemplate: { ContainerSpec: { Image: 'acme/web:1' } } };
const digest = `sha256:${'a'.repeat(64)}`;

/** What is told of a registry that answers the engine on h1 so. */
async function toldOf(
  status: number,
  body: object,
  registryAuth = (): Promise<undefined> => Promise.resolve(undefined),
) {
  await using engine = await engineThat((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return await pullReason({ engine: () => engine, registryAuth }, 'h2', spec);
}

test('what the registry says to the host itself is told, where the swarm only says that there is no such image', async () => {
  expect(await toldOf(500, { message: 'Get "https://registry.local/v2/": dial tcp: i/o timeout' })).toEqual({
    text: 'Asked now, h2 gets this from the registry: Get "https://registry.local/v2/": dial tcp: i/o timeout.',
    isReached: false,
  });
});

test('a registry that gives it now was away before, and a retry may do', async () => {
  expect(await toldOf(200, { Descriptor: { digest } })).toEqual({
    text: 'Asked now, the registry gives the image to h2, so that it was out of reach before, or too slow.',
    isReached: true,
  });
});

test('one that has no such image says what the swarm said', async () => {
  expect(await toldOf(404, { message: 'manifest unknown: manifest unknown' })).toBeNull();
});

test('a host that could not be asked is told as that', async () => {
  const refuse = () => Promise.reject(new AppError('registry_login_unavailable', 'The login of acme cannot be read.'));
  expect(await toldOf(200, {}, refuse)).toEqual({
    text: 'Why h2 could not pull it was not seen: The login of acme cannot be read.',
    isReached: false,
  });
});

test('what has no image has nothing to be asked for', async () => {
  const unasked = () => Promise.reject(new Error('asked'));
  expect(
    await pullReason(
      {
        engine: () => {
          throw new Error('asked');
        },
        registryAuth: unasked,
      },
      'h2',
      {},
    ),
  ).toBeNull();
});
