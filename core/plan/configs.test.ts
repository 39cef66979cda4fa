import { describe, expect, test } from 'vitest';
import type { HeldFacts, Observation } from '../observation.ts';
import { clusterLabel, configLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { bareHosts, formedSwarm, inputOf, withService, withSwarm } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';

/* Configs that the spec says itself. */

const formed = withSwarm(formedSwarm(['h1'], []), (swarm) => ({ ...swarm, configs: [] }));
const before = 'worker_processes 1;\nuser nginx;\n';
const after = 'worker_processes 2;\nuser nginx;\n';

type Configs = NonNullable<SpecInput['configs']>;
const specOf = (configs: Configs, given: string[] = Object.keys(configs)) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const } },
  configs,
  services: { web: { image: 'nginx', configs: given, deploy: { endpoint_mode: 'dnsrr' as const } } },
  verify: { connectivity: 'none' as const },
});
const site = (content: string) => specOf({ site: { content } });

/** As if the content had been read as well, which a worker does where the spec says something else. */
const withContent = (observation: Observation, content: string): Observation =>
  withSwarm(observation, (swarm) => ({ ...swarm, configs: swarm.configs?.map((one) => ({ ...one, content })) }));
const withConfig = (observation: Observation, one: Partial<HeldFacts> & { name: string }): Observation =>
  withSwarm(observation, (swarm) => ({
    ...swarm,
    configs: [...(swarm.configs ?? []), { id: `id-of-${one.name}`, labels: {}, ...one }],
  }));

describe('a config with content', () => {
  test('is made before the service that is given it, under a name with its digest', async () => {
    expect(await told(inputOf(site(before), formed))).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. create config site (32 bytes, as site-6d947d11bd58)
        2. create service web (image nginx, 1 replica, dnsrr)
           config site-6d947d11bd58 at /site
      `),
    );
    const { steps } = await planned(inputOf(site(before), formed));
    expect(steps.at(-1)?.after).toEqual(['create-config:site']);
  });

  test('lies where its own name says, whatever the swarm calls it', async () => {
    const [, create] = (await planned(inputOf(site(before), formed))).steps;
    expect(create).toMatchObject({
      args: {
        spec: {
          TaskTemplate: {
            ContainerSpec: { Configs: [{ ConfigName: 'site-6d947d11bd58', File: { Name: 'site', Mode: 0o444 } }] },
          },
        },
      },
    });
  });

  test('comes in one go with the swarm that is to hold it', async () => {
    const { steps } = await planned(inputOf(site(before), bareHosts('h1')));
    expect(steps.map(({ id }) => id)).toEqual([
      'prepare-host:h1',
      'init-swarm:h1',
      'create-config:site',
      'create-service:web',
    ]);
    expect(steps[2]?.after).toEqual(['init-swarm:h1']);
  });

  test('is nothing to do once it is there, and is planned again when somebody has removed it', async () => {
    const input = await carriedOut(inputOf(site(before), formed));
    expect((await planned(input)).steps).toEqual([]);
    const bare = withSwarm(input.observation, (swarm) => ({ ...swarm, configs: [] }));
    expect((await planned({ ...input, observation: bare })).steps.map(({ id }) => id)).toEqual(['create-config:site']);
  });

  test('changed, is another one: services are given it, then the former one goes', async () => {
    const { observation, record } = await carriedOut(inputOf(site(before), formed));
    const seen = withContent(observation, before);
    expect(await told(inputOf(site(after), seen, { record, base: 1, revision: 2 }))).toBe(
      lines(`
        demo, revision 2 from 1: risk medium (changes or restarts something that runs)
        1. create config site (32 bytes, as site-57df462c93ec, in place of site-6d947d11bd58)
           -worker_processes 1;
           +worker_processes 2;
        2. update service web: configs (site site-6d947d11bd58, of 0:0, mode 444 → site-57df462c93ec, of 0:0, mode 444)
        3. remove config site-6d947d11bd58, which nothing is given any more
      `),
    );
    const { steps } = await planned(inputOf(site(after), seen, { record }));
    expect(steps.map((step) => step.after)).toEqual([[], ['create-config:site'], ['update-service:web']]);
  });

  test('goes back to the former one by the same way, when a rollback says the former content', async () => {
    const first = await carriedOut(inputOf(site(before), formed));
    const second = await carriedOut(inputOf(site(after), first.observation));
    expect((await planned(inputOf(site(before), second.observation))).steps.map(({ id }) => id)).toEqual([
      'create-config:site',
      'update-service:web',
      'remove-config:site-57df462c93ec',
    ]);
    const third = await carriedOut(inputOf(site(before), second.observation));
    expect((await planned(third)).steps).toEqual([]);
  });

  test('goes after its service has gone', async () => {
    const { observation } = await carriedOut(inputOf(site(before), formed));
    const { steps } = await planned(inputOf({ ...site(before), configs: {}, services: {} }, observation));
    expect(steps.map(({ id, after: waits }) => [id, waits])).toEqual([
      ['remove-service:web', []],
      ['remove-config:site-6d947d11bd58', ['remove-service:web']],
    ]);
  });

  test('with other labels is another one as well', async () => {
    const labelled = specOf({ site: { content: before, labels: { team: 'web' } } });
    const [create] = (await planned(inputOf(labelled, formed))).steps;
    expect(create).toMatchObject({
      kind: 'create-config',
      args: { labels: { team: 'web', [clusterLabel]: 'demo', [configLabel]: 'site' } },
    });
    expect(create?.kind === 'create-config' ? create.args.name : '').not.toBe('site-6d947d11bd58');
  });
});

describe('what others have made', () => {
  test('is not taken for ours, though it has the very name', async () => {
    const theirs = withConfig(formed, { name: 'site-6d947d11bd58' });
    expect(await told(inputOf(site(before), theirs))).toBe(
      lines(`
        refused not_ours: There is a config site-6d947d11bd58 already that Flotilla did not make for this cluster.
        Nothing was changed on any host.
        next: Give yours another name in the spec, or remove the existing config by hand if nobody needs it.
      `),
    );
  });

  test('is never removed, be it without our label or of another cluster', async () => {
    const labels = { [clusterLabel]: 'other', [configLabel]: 'site' };
    const theirs = withConfig(withConfig(formed, { name: 'by-hand' }), { name: 'site-0', labels });
    expect((await planned(inputOf(site(before), theirs))).steps.map(({ kind }) => kind)).toEqual([
      'create-config',
      'create-service',
    ]);
  });

  test('keeps a config of ours that it was given, with a word of it', async () => {
    const { observation } = await carriedOut(inputOf(site(before), formed));
    const Configs = [{ ConfigID: 'held-site-6d947d11bd58', ConfigName: 'site-6d947d11bd58' }];
    const spec = { Name: 'theirs', Labels: {}, TaskTemplate: { ContainerSpec: { Image: 'nginx', Configs } } };
    const shared = withService(observation, { id: 'service-theirs', name: 'theirs', labels: {}, spec });
    const { steps, warnings } = await planned(inputOf(site(after), shared));
    expect(steps.map(({ kind }) => kind)).toEqual(['create-config', 'update-service']);
    expect(warnings.map(({ id, message }) => `${id}: ${message}`)).toEqual([
      'config-in-use: The config site-6d947d11bd58 is not in the spec any more, but is given to theirs, which Flotilla did not make; it is left there.',
    ]);
  });
});
