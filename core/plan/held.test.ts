import { expect, test } from 'vitest';
import { clusterLabel } from '../spec/names.ts';
import type { Observation } from '../observation.ts';
import type { SpecInput } from '../spec/spec.ts';
import { bareHosts, formedSwarm, inputOf, withNetwork, withSwarm } from '../testing/observations.ts';
import { carriedOut, planned } from '../testing/told.ts';
import { planCluster } from './plan-cluster.ts';

/* Secrets and configs that the swarm holds and services are given. */

const formed = withNetwork(formedSwarm(['h1'], ['h2']), { name: 'net', labels: { [clusterLabel]: 'demo' } });
const holding = (...secrets: string[]): Observation =>
  withSwarm(formed, (swarm) => ({ ...swarm, secrets: secrets.map(byHand), configs: [byHand('site')] }));
const byHand = (name: string) => ({ id: `id-of-${name}`, name, labels: {} });

type Service = NonNullable<SpecInput['services']>[string];
const specOf = (keys: Partial<Service>) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const }, h2: {} },
  networks: { net: { mtu: 1500 } },
  secrets: { db_password: { external: true as const }, key: { external: true as const } },
  configs: { site: { external: true as const } },
  services: { web: { image: 'nginx', networks: ['net'], deploy: { endpoint_mode: 'dnsrr' as const }, ...keys } },
  verify: { connectivity: 'none' as const },
});

const given: Partial<Service> = {
  secrets: ['db_password', { source: 'key', target: 'tls/key', uid: 101, mode: '0400' }],
  configs: [{ source: 'site', target: '/etc/site.conf' }],
};

test('are asked for by name, with place, owner and mode as the Engine API has them', async () => {
  const [step] = (await planned(inputOf(specOf(given), holding('db_password', 'key')))).steps;
  expect(step).toMatchObject({
    kind: 'create-service',
    args: {
      spec: {
        TaskTemplate: {
          ContainerSpec: {
            Secrets: [
              { SecretName: 'db_password', File: { Name: 'db_password', UID: '0', GID: '0', Mode: 0o444 } },
              { SecretName: 'key', File: { Name: 'tls/key', UID: '101', GID: '0', Mode: 0o400 } },
            ],
            Configs: [{ ConfigName: 'site', File: { Name: '/etc/site.conf', UID: '0', GID: '0', Mode: 0o444 } }],
          },
        },
      },
    },
  });
});

test('are no difference once they are given, and a change is told by what and where', async () => {
  const { observation } = await carriedOut(inputOf(specOf(given), holding('db_password', 'key')));
  expect((await planned(inputOf(specOf(given), observation))).steps).toEqual([]);
  const [step] = (await planned(inputOf(specOf({ ...given, secrets: ['key'] }), observation))).steps;
  expect(step?.kind === 'update-service' ? step.args.changes : []).toEqual([
    'secrets (db_password db_password, of 0:0, mode 444 → none, key none → key, of 0:0, mode 444, tls/key key, of 101:0, mode 400 → none)',
  ]);
});

test('that the swarm does not hold are told before anything is done, with how to make them', async () => {
  const answer = await planCluster(inputOf(specOf(given), holding('key')));
  expect(answer).toMatchObject({
    kind: 'refused',
    findings: [
      {
        id: 'secret-missing',
        message: 'The service web is given the secret db_password, which the swarm does not hold.',
        fix: 'Make it with `docker secret create db_password FILE` on a manager, or write `from: worker` and give the worker its value, instead of `external: true`.',
      },
    ],
  });
});

test('cannot be given in a swarm that is only to be formed', async () => {
  const answer = await planCluster(inputOf(specOf({ configs: ['site'] }), bareHosts('h1', 'h2')));
  expect(answer).toMatchObject({
    kind: 'refused',
    findings: [
      {
        id: 'config-missing',
        message: expect.stringContaining('has no swarm yet'),
        fix: expect.stringContaining('Instead of `external: true`, write into its `content` what it says.'),
      },
    ],
  });
});

test('are not judged by a look that did not ask for them', async () => {
  expect((await planned(inputOf(specOf(given), formed))).steps.map(({ id }) => id)).toEqual(['create-service:web']);
});
