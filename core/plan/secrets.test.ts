import { describe, expect, test } from 'vitest';
import type { HeldFacts, Observation, SecretState } from '../observation.ts';
import { clusterLabel, secretLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { bareHosts, formedSwarm, inputOf, withService, withSwarm } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';

/* Secrets whose values the worker has. */

const at = (state: SecretState, observation: Observation): Observation => ({
  ...observation,
  workerSecrets: { db_password: state },
});
const formed = at(
  'ready',
  withSwarm(formedSwarm(['h1'], []), (swarm) => ({ ...swarm, secrets: [] })),
);
const missing = at('missing', formed);
const withSecret = (observation: Observation, one: Partial<HeldFacts> & { name: string }): Observation =>
  withSwarm(observation, (swarm) => ({
    ...swarm,
    secrets: [...(swarm.secrets ?? []), { id: `id-of-${one.name}`, labels: {}, ...one }],
  }));

type Secrets = NonNullable<SpecInput['secrets']>;
const specOf = (secrets: Secrets, given: string[] = Object.keys(secrets)) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const } },
  secrets,
  services: { web: { image: 'nginx', secrets: given, deploy: { endpoint_mode: 'dnsrr' as const } } },
  verify: { connectivity: 'none' as const },
});
const fromWorker = specOf({ db_password: { from: 'worker' } });

describe('a secret that the worker has', () => {
  test('is made before the service that is given it, and the plan has its name alone', async () => {
    expect(await told(inputOf(fromWorker, formed))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create secret db_password, whose value the worker has
        2. create service web (image nginx, 1 replica, dnsrr)
           secret db_password at /run/secrets/db_password
      `),
    );
    const { steps } = await planned(inputOf(fromWorker, formed));
    expect(steps[0]?.args).toEqual({
      secret: 'db_password',
      labels: { [clusterLabel]: 'demo', [secretLabel]: 'db_password' },
    });
    expect(steps[1]?.after).toEqual(['create-secret:db_password']);
  });

  test('comes in one go with the swarm that is to hold it', async () => {
    const { steps } = await planned(inputOf(fromWorker, at('ready', bareHosts('h1'))));
    expect(steps.map(({ id }) => id)).toEqual([
      'prepare-host:h1',
      'init-swarm:h1',
      'create-secret:db_password',
      'create-service:web',
    ]);
    expect(steps[2]?.after).toEqual(['init-swarm:h1']);
  });

  test('is nothing to do once it is there, though the worker has it no more', async () => {
    const { observation } = await carriedOut(inputOf(fromWorker, formed));
    expect((await planned(inputOf(fromWorker, at('missing', observation)))).steps).toEqual([]);
  });

  test('is made again when somebody has removed it', async () => {
    const { observation } = await carriedOut(inputOf(fromWorker, formed));
    const removed = withSwarm(observation, (swarm) => ({ ...swarm, secrets: [] }));
    expect((await planned(inputOf(fromWorker, removed))).steps.map(({ id }) => id)).toEqual([
      'create-secret:db_password',
    ]);
  });

  test('is replaced by one of another name: that is how a password is changed', async () => {
    const { observation } = await carriedOut(inputOf(fromWorker, formed));
    const next = specOf({ db_password_2: { from: 'worker' } });
    const seen = { ...observation, workerSecrets: { db_password_2: 'ready' as const } };
    expect(await told(inputOf(next, seen))).toBe(
      lines(`
        demo, revision 1: risk high (removes something, takes a manager away, or gives a container a hold on its host)
        1. create secret db_password_2, whose value the worker has
        2. update service web: secrets (db_password db_password, of 0:0, mode 444 → none, db_password_2 none → db_password_2, of 0:0, mode 444)
        3. remove secret db_password, which nothing is given any more
      `),
    );
    const { steps } = await planned(inputOf(next, seen));
    expect(steps.at(-1)?.after).toEqual(['update-service:web']);
  });

  test('stays where the spec says that it is there from now on', async () => {
    const { observation } = await carriedOut(inputOf(fromWorker, formed));
    expect((await planned(inputOf(specOf({ db_password: { external: true } }), observation))).steps).toEqual([]);
  });
});

describe('before anything is done', () => {
  test.each([
    ['missing', 'has none of that name'],
    ['unreadable', 'cannot read its file'],
    ['empty', 'has an empty file for it'],
    ['too-large', 'has more in its file than the 500 KB that Swarm takes'],
  ] as const)('one that the worker cannot make is refused, with the ways out: %s', async (state, why) => {
    for (const observation of [formed, bareHosts('h1')]) {
      expect(await told(inputOf(fromWorker, at(state, observation)))).toBe(
        lines(`
          refused not_found: The swarm does not hold the secret db_password, and the worker that is to make it ${why}.
          Nothing was changed on any host.
          next: Put its value into the file db_password in the worker's FLOTILLA_SECRETS_FOLDER, or name its file in FLOTILLA_SECRETS. One that is made by hand is \`external: true\`.
        `),
      );
    }
  });

  test('one that somebody has made by hand is not taken for ours', async () => {
    const theirs = withSecret(formed, { name: 'db_password' });
    expect(await told(inputOf(fromWorker, theirs))).toBe(
      lines(`
        refused not_ours: There is a secret db_password already that Flotilla did not make for this cluster.
        Nothing was changed on any host.
        next: If it is the one that is meant, write \`db_password: { external: true }\`; if not, give yours another name.
      `),
    );
  });

  test('other labels are refused, as it cannot be changed', async () => {
    const { observation } = await carriedOut(inputOf(fromWorker, formed));
    const labelled = specOf({ db_password: { from: 'worker', labels: { team: 'web' } } });
    expect(await told(inputOf(labelled, observation))).toContain(
      'refused not_supported_yet: The secret db_password exists, and its labels cannot be changed while it lives.',
    );
    const made = await carriedOut(inputOf(labelled, formed));
    expect((await planned(inputOf(labelled, made.observation))).steps).toEqual([]);
  });
});

test('what others have made is never removed, be it without our label or of another cluster', async () => {
  const labels = { [clusterLabel]: 'other', [secretLabel]: 'key' };
  const theirs = withSecret(withSecret(missing, { name: 'by-hand' }), { name: 'key', labels });
  expect((await planned(inputOf(specOf({}), theirs))).steps.map(({ kind }) => kind)).toEqual(['create-service']);
});

test('one of ours that a stranger was given stays, with a word of it', async () => {
  const { observation } = await carriedOut(inputOf(fromWorker, formed));
  const Secrets = [{ SecretID: 'held-db_password', SecretName: 'db_password' }];
  const spec = { Name: 'theirs', Labels: {}, TaskTemplate: { ContainerSpec: { Image: 'nginx', Secrets } } };
  const shared = withService(observation, { id: 'service-theirs', name: 'theirs', labels: {}, spec });
  const { steps, warnings } = await planned(inputOf(specOf({}), shared));
  expect(steps.map(({ kind }) => kind)).toEqual(['update-service']);
  expect(warnings.map(({ id }) => id)).toEqual(['secret-in-use']);
});
