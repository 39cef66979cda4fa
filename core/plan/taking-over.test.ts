import { describe, expect, test } from 'vitest';
import type { Observation, StandingFacts } from '../observation.ts';
import { known, type Observed, unknown } from '../observed.ts';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { formedSwarm, inputOf, withContainer, withHost, withNetwork, withService } from '../testing/observations.ts';
import { withStanding } from '../testing/standing.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import type { PlanInput } from './input.ts';
import { consentTo } from './taken.ts';

/** A swarm that others formed, with a network, a service and a container that carry nobody's label. */
const digest = `sha256:${'4f'.repeat(32)}`;
const service = (image = `nginx:1.27@${digest}`, labels: Record<string, string> = { team: 'web' }) => ({
  id: 'service-web',
  name: 'web',
  labels,
  spec: {
    Name: 'web',
    Labels: labels,
    TaskTemplate: {
      // In an order and with settings that no spec says.
      ContainerSpec: { Image: image, Env: ['B=2', 'A=1'], Privileges: { NoNewPrivileges: true }, Init: true },
      Networks: [{ Target: 'network-net' }],
    },
    Mode: { Replicated: { Replicas: 2 } },
    EndpointSpec: { Mode: 'dnsrr' },
  },
});
const swarm = (web = service()): Observation =>
  withStanding(
    withContainer(withService(withNetwork(formedSwarm(['h1'], ['h2']), { name: 'net', attachable: true }), web), 'h2', {
      name: 'tool',
      networks: ['net'],
    }),
    'h2',
    standing,
  );
const standing: StandingFacts = {
  id: 'container-tool',
  name: 'tool',
  config: { Image: 'nginx', Hostname: 'container', Env: ['TOKEN=one'] },
  hostConfig: { RestartPolicy: { Name: 'unless-stopped' } },
  mounts: [],
  networks: { net: [] },
  image: {},
};

const web = {
  image: 'nginx:1.27',
  environment: { A: '1', B: '2' },
  networks: ['net'],
  init: true,
  deploy: { replicas: 2, endpoint_mode: 'dnsrr' as const, labels: { team: 'web' } },
};
const tool = { host: 'h2', image: 'nginx', networks: ['net'], environment: { TOKEN: 'one' } };
const spec = (more: Partial<SpecInput> = {}): Omit<SpecInput, 'cluster'> => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: { attachable: true, mtu: 1500 } },
  services: { web },
  containers: { tool },
  ...more,
});

const input = (observation = swarm(), more: Partial<SpecInput> = {}): PlanInput => ({
  ...inputOf(spec(more), observation),
  base: null,
  decisions: [consentTo(1)],
});
/** What comes after it was taken over: the same revision again, or a later one with what was decided. */
async function later(more: Partial<SpecInput> = {}, observation?: Observation): Promise<PlanInput> {
  const before = input();
  const { decisions } = await planned(before);
  const after = await carriedOut(before);
  const next = inputOf(spec(more), observation ?? after.observation);
  return { ...next, base: 1, revision: 2, decisions: decisions.filter(({ path }) => path !== 'take_over') };
}

describe('what is there under names of the spec', () => {
  test('is taken over by labels alone, and networks and containers by what is decided of their ids', async () => {
    const plan = await planned(input());
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['update-service', 'verify']);
    const [step] = plan.steps;
    const { TaskTemplate, Mode, EndpointSpec } = service().spec;
    // The task spec is the very one that runs: in other words, or with the digest left out, its tasks would be restarted.
    expect(step?.args).toMatchObject({ labelsOnly: true, taken: true, spec: { TaskTemplate, Mode, EndpointSpec } });
    expect(step?.args).toMatchObject({ spec: { Labels: { team: 'web', [clusterLabel]: 'demo' } } });
    expect(plan.risk).toBe('medium');
    const decided = Object.fromEntries(plan.decisions.map(({ path, value }) => [path, value]));
    expect(decided).toMatchObject({
      'taken.networks.net': 'network-net',
      'taken.services.web': 'service-web',
      'taken.containers.tool': expect.stringMatching(/^container-tool \{.*"environment"/),
      'services.web.image': `nginx:1.27@${digest}`,
    });
  });

  test('is left alone where nobody asked for it', async () => {
    expect(await told({ ...input(), decisions: [] })).toContain('refused not_ours');
    // Asked for with another revision: what comes up later is not taken unasked.
    expect(await told({ ...input(), revision: 2 })).toContain('refused not_ours');
    expect(await told({ ...input(), base: 1 })).toContain('refused not_ours');
  });

  test('is refused where the spec says something else, by name and without values', async () => {
    const other = { ...web, image: 'nginx:1.28', environment: { A: 'secret', B: '2' } };
    const text = await told(input(swarm(), { services: { web: other } }));
    expect(text).toContain(
      `The service web is taken over as it runs, and the spec says something else: image nginx:1.27@${digest} → nginx:1.28; environment (A).`,
    );
    expect(text).not.toContain('secret');
    const moved = await told(input(swarm(), { containers: { tool: { ...tool, ports: ['81:80'] } } }));
    expect(moved).toContain(
      'The container tool on h2 is taken over as it runs, and the spec says something else: ports none → 81:80/tcp.',
    );
    const asked = { ...tool, environment: { TOKEN: 'secret', DEBUG: '1' }, read_only: true };
    const another = await told(input(swarm(), { containers: { tool: asked } }));
    expect(another).toContain('the spec says something else: environment (DEBUG, TOKEN); read_only none → true.');
    expect(another).not.toContain('secret');
  });

  test('is refused where nobody could see what a container was asked to be: that is not as the spec says', async () => {
    const seen = (h2: Observed<StandingFacts[]>) => told(input({ ...swarm(), standing: { h2 } }));
    const away = await seen(unknown('the engine does not answer', 'engine_unreachable'));
    expect(away).toContain(
      lines(`
        refused engine_unreachable on h2: The container tool on h2 is taken over only where it is as the spec says, and what it was started with could not be seen: the engine does not answer.`),
    );
    expect(await seen(known([]))).toContain('could not be seen: it went while it was looked at.');
    const { standing: _nobodyLooked, ...observation } = swarm();
    expect(await told(input(observation))).toContain('could not be seen: the worker did not look.');
  });

  test('is refused where a container has what no spec says, and would lose it with its first change', async () => {
    const privileged = { ...standing, hostConfig: { ...standing.hostConfig, Privileged: true } };
    expect(await told(input(withStanding(swarm(), 'h2', privileged)))).toContain(
      'The container tool on h2 is not taken over: it has Privileged, which no spec says',
    );
  });

  test('is not taken from another cluster', async () => {
    const theirs = swarm(service(undefined, { [clusterLabel]: 'other' }));
    expect(await told(input(theirs))).toContain('This one carries the label of the cluster other');
  });
});

describe('once it is taken over', () => {
  test('there is nothing to do', async () => {
    expect((await planned(await later())).steps).toEqual([]);
  });

  test('a service that lost its labels gets them again, as `docker stack deploy` takes them away', async () => {
    expect(await told(await later({}, swarm()))).toContain(
      'update service web: the labels of Flotilla again; no task is restarted',
    );
  });

  test('another label restarts nothing, another image is an update as any other', async () => {
    const labelled = { ...web, deploy: { ...web.deploy, labels: { team: 'sre' } } };
    const [step] = (await planned(await later({ services: { web: labelled } }))).steps;
    expect(step?.args).toMatchObject({ labelsOnly: true, changes: ['labels (team)'] });
    const [update] = (await planned(await later({ services: { web: { ...web, image: 'nginx:1.28' } } }))).steps;
    expect(update?.args).not.toHaveProperty('labelsOnly');
  });

  test('a container that is to be another one is replaced, and what is left out is removed, by its id', async () => {
    const plan = await planned(await later({ containers: { tool: { ...tool, environment: { TOKEN: 'two' } } } }));
    expect(plan.steps[0]).toMatchObject({
      kind: 'replace-container',
      args: { id: 'container-tool', changes: ['environment'], taken: true },
    });
    const gone = await told(await later({ services: {}, containers: {}, networks: {} }));
    expect(gone).toContain(
      lines(`
        1. h2: remove container tool
        2. remove service web
        3. remove network net, used by`),
    );
  });

  test('one that somebody made anew under that name is not ours', async () => {
    const anew = withContainer(swarm(), 'h2', { name: 'tool', id: 'container-new', networks: ['net'] });
    const observation = { ...anew, hosts: { ...anew.hosts } };
    const h2 = observation.hosts['h2'];
    if (h2?.known === true) h2.value.containers.shift();
    expect(await told(await later({}, observation))).toContain('refused not_ours on h2');
  });

  describe('and a replacement of the container was cut off', () => {
    type Change = (observation: Observation) => Observation;
    /** The one that was taken over stands aside, whatever is there under its name. */
    const cutOff: Change = (now) =>
      withHost(now, 'h2', (facts) => ({
        ...facts,
        containers: facts.containers.map((one) => ({ ...one, name: 'tool.flotilla-old', state: 'exited' })),
      }));
    const anew = { ...tool, environment: { TOKEN: 'two' } };
    /** What is done on its host, and what is told of it. */
    const plan = async (observation: Observation, containers: SpecInput['containers'] = { tool: anew }) => {
      const { steps, warnings } = await planned(await later({ containers }, observation));
      return { steps: steps.filter(({ host }) => host === 'h2'), warnings };
    };
    /** The new one, as the planner asks for it. */
    async function made(state: string): Promise<Observation> {
      const before = cutOff(swarm());
      const [run] = (await plan(before)).steps;
      if (run?.kind !== 'run-container') throw new Error('It is not run.');
      const labels = { ...run.args.spec.labels, [clusterLabel]: 'demo' };
      return withContainer(before, 'h2', { name: 'tool', id: 'new', state, networks: ['net'], labels });
    }

    test('before the new one had its name: it is run, and knows the old one by its id', async () => {
      const { steps, warnings } = await plan(cutOff(swarm()));
      expect(steps[0]).toMatchObject({ kind: 'run-container', host: 'h2', args: { taken: 'container-tool' } });
      expect(warnings).toMatchObject([{ id: 'replacement-cut-off', hosts: ['h2'] }]);
    });

    test('before the new one was started: the step that starts it knows the old one', async () => {
      const { steps } = await plan(await made('created'));
      expect(steps[0]).toMatchObject({ kind: 'run-container', args: { container: 'tool', taken: 'container-tool' } });
    });

    test('before the old one was removed: that is a step of its own', async () => {
      const { steps } = await plan(await made('running'));
      const args = { container: 'tool.flotilla-old', id: 'container-tool', taken: true };
      expect(steps[0]).toMatchObject({ kind: 'remove-container', host: 'h2', args });
    });

    test('and it is changed again, or goes: the step knows both', async () => {
      const both = await made('running');
      const args = { container: 'tool', id: 'new', aside: 'container-tool' };
      const replaced = await plan(both, { tool: { ...tool, environment: { TOKEN: 'three' } } });
      expect(replaced.steps.map(({ kind }) => kind)).toEqual(['replace-container']);
      expect(replaced.steps[0]).toMatchObject({ args });
      const gone = await plan(both, {});
      expect(gone.steps[0]).toMatchObject({ kind: 'remove-container', args });
      const alone = await plan(cutOff(swarm()), {});
      expect(alone.steps[0]).toMatchObject({ args: { container: 'tool.flotilla-old', id: 'container-tool' } });
    });

    test('one of that name that is not the one that was taken over is left alone', async () => {
      const theirs = withHost(await made('running'), 'h2', (facts) => ({
        ...facts,
        containers: facts.containers.map((one) => (one.name === 'tool' ? one : { ...one, id: 'another' })),
      }));
      expect((await plan(theirs)).steps).toEqual([]);
    });
  });
});
