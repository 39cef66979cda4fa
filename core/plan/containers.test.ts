import { describe, expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import { formedSwarm, inputOf, withContainer, withHost, withNetwork, withSystem } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import { maskPlan } from '../masking.ts';

const ours = { [clusterLabel]: 'demo' };
const formed = withNetwork(formedSwarm(['h1'], ['h2']), { name: 'net', labels: ours, attachable: true });

type Container = NonNullable<SpecInput['containers']>[string];
const spec = (containers: Record<string, Container>) => ({
  swarm: { address_pools: ['10.200.0.0/16'] },
  nodes: { h1: { role: 'manager' as const }, h2: {} },
  networks: { net: { attachable: true, mtu: 1500 } },
  containers,
});
const tool: Container = {
  host: 'h2',
  image: 'tool',
  networks: ['net'],
  ports: ['8081:80'],
  environment: { SECRET: 'canary' },
};
const before = carriedOut(inputOf(spec({ tool }), formed));
const next = async (containers: Record<string, Container>, change = (now: Observation) => now) =>
  inputOf(spec(containers), change((await before).observation));
const inState = (state: string) => (now: Observation) =>
  withHost(now, 'h2', (facts) => ({
    ...facts,
    containers: facts.containers.map((container) => ({ ...container, state })),
  }));

test('a container is run on its host, its environment masked', async () => {
  const input = inputOf(spec({ tool }), formed);
  expect(await told(input)).toBe(
    lines(`
      demo, revision 1: risk low (only adds, or takes away what nothing uses)
      1. h2: run container tool (image tool, on net, 8081:80, environment SECRET=***)
      2. verify: sampled connectivity on net; published port 8081`),
  );
  const plan = await planned(input);
  expect(JSON.stringify(plan)).toContain('canary');
  expect(JSON.stringify(maskPlan(plan))).not.toContain('canary');
  expect(await told(await before)).toBe('demo, revision 1: nothing to do');
});

describe('on a node that is drained, where the swarm lets no container join a network', () => {
  const drained = (containers: Record<string, Container>) => ({
    ...spec(containers),
    nodes: { h1: { role: 'manager' as const }, h2: { availability: 'drain' as const } },
  });

  test('a container is refused, with the way out; one that is there stays', async () => {
    expect(await told(inputOf(drained({ tool }), formed))).toContain(
      'The container tool cannot join net on h2, which the spec has drained.',
    );
    expect(await told(inputOf(drained({ tool }), (await before).observation))).not.toContain('cannot join');
  });

  test('one that is on no overlay runs', async () => {
    const alone = { host: 'h2', image: 'tool', networks: ['host'] };
    expect(await told(inputOf(drained({ alone }), formed))).toContain('run container alone');
  });

  test('one on a node that is made active again waits for that', async () => {
    const now = (await carriedOut(inputOf(drained({}), formed))).observation;
    const { steps } = (await planned(inputOf(spec({ tool }), now))) ?? { steps: [] };
    expect(steps.find(({ kind }) => kind === 'run-container')?.after).toContain('set-node:h2');
  });
});

describe('a container of ours', () => {
  test('is replaced when the spec of it changed, and the fields are named', async () => {
    expect(
      await told(await next({ tool: { ...tool, image: 'tool:2', environment: { SECRET: 'new' }, ports: [] } })),
    ).toBe(
      lines(`
        demo, revision 1: risk medium (changes or restarts something that runs)
        1. h2: replace container tool: environment, image, ports (image tool:2, on net, environment SECRET=***)
        2. verify: sampled connectivity on net`),
    );
    expect(await told(await carriedOut(await next({ tool: { ...tool, image: 'tool:2' } })))).toBe(
      'demo, revision 1: nothing to do',
    );
  });

  test('is replaced when somebody took it off its network', async () => {
    const off = (now: Observation) =>
      withHost(now, 'h2', (facts) => ({
        ...facts,
        containers: facts.containers.map((one) => ({ ...one, networks: ['bridge'] })),
      }));
    expect(await told(await next({ tool }, off))).toContain('replace container tool: not on net any more');
  });

  test('that was never started is started: its engine may list its network by id', async () => {
    const id = formed.swarm.known ? formed.swarm.value?.networks.find(({ name }) => name === 'net')?.id : undefined;
    const created = (now: Observation) =>
      withHost(now, 'h2', (facts) => ({
        ...facts,
        containers: facts.containers.map((one) => ({ ...one, state: 'created', networks: [id ?? ''] })),
      }));
    expect(await told(await next({ tool }, created))).toContain('1. h2: run container tool');
  });

  test.each([
    ['running', 'unless-stopped', 'nothing to do'],
    ['restarting', 'unless-stopped', 'nothing to do'],
    ['exited', 'unless-stopped', '1. h2: run container tool'],
    ['exited', 'no', 'nothing to do'],
    ['exited', 'on-failure', 'nothing to do'],
    ['created', 'no', '1. h2: run container tool'],
    ['dead', 'unless-stopped', '1. h2: replace container tool: the engine could not remove it (dead)'],
    ['paused', 'unless-stopped', 'warning container-paused: The container tool on h2 is paused.'],
    ['removing', 'unless-stopped', 'refused conflict on h2: The container tool on h2 is being removed at this moment.'],
  ] as const)('that is %s, with restart: %s', async (state, restart, expected) => {
    const made = await carriedOut(inputOf(spec({ tool: { ...tool, restart } }), formed));
    expect(await told({ ...made, observation: inState(state)(made.observation) })).toContain(expected);
  });

  test('moves to another host: removed there first, then run here', async () => {
    const moved = await next({ tool: { ...tool, host: 'h1' } });
    expect(await told(moved)).toBe(
      lines(`
        demo, revision 1: risk high (removes something, takes a manager away, or gives a container a hold on its host)
        1. h2: remove container tool
        2. h1: run container tool (image tool, on net, 8081:80, environment SECRET=***)
        3. verify: sampled connectivity on net; published port 8081`),
    );
    expect((await planned(moved)).steps[1]?.after).toEqual(['remove-container:h2/tool']);
    expect(await told(await carriedOut(moved))).toBe('demo, revision 1: nothing to do');
  });

  test('is removed when the spec does not name it any more', async () => {
    expect(await told(await next({}))).toContain('1. h2: remove container tool');
  });

  test('that was left over by a probe carries no spec and is not planned away', async () => {
    expect(await told(inputOf(spec({}), withContainer(formed, 'h2', { name: 'probe', labels: ours })))).toBe(
      'demo, revision 1: nothing to do',
    );
  });
});

describe('what stands aside for a container of ours', () => {
  const aside = (name: string) => (now: Observation) =>
    withContainer(now, 'h2', { name, state: 'exited', labels: { ...ours, 'io.flotilla.spec': '{}' } });
  const withAsides = (now: Observation) => aside('tool.flotilla-old')(aside('tool.flotilla-next')(now));

  test('is taken up by the step of that container, if there is one', async () => {
    const removes = 'remove container tool.flotilla-';
    const cutOff =
      'A replacement of the container tool on h2 was cut off: the one before it stands aside as tool.flotilla-old (exited). It ';
    const replaced = await told(await next({ tool: { ...tool, image: 'tool:2' } }, withAsides));
    expect(replaced).not.toContain(removes);
    expect(replaced).toContain(`${cutOff}goes with this change.`);
    const run = await told(inputOf(spec({ tool }), withAsides(formed)));
    expect(run).not.toContain(removes);
    expect(run).toContain(`${cutOff}goes once tool runs, and is put back where that does not.`);
    expect(await told(await next({}, withAsides))).not.toContain('flotilla-');
  });

  test('is removed where there is none', async () => {
    const plan = await told(await next({ tool }, withAsides));
    expect(plan).toContain('h2: remove container tool.flotilla-next');
    expect(plan).toContain('h2: remove container tool.flotilla-old');
  });

  test('is no difference when it failed and is kept for its log, until its container goes', async () => {
    const kept = aside('tool.flotilla-failed');
    expect(await told(await next({ tool }, kept))).toBe('demo, revision 1: nothing to do');
    expect(await told(inputOf(spec({}), kept(formed)))).toContain('h2: remove container tool.flotilla-failed');
  });
});

describe('a container that is not ours', () => {
  test('of the same name is refused, others are left alone', async () => {
    const theirs = withContainer(formed, 'h2', { name: 'tool', labels: { [clusterLabel]: 'other' } });
    expect(await told(inputOf(spec({ tool }), theirs))).toBe(
      lines(`
        refused not_ours on h2: There is a container tool on h2 already that Flotilla did not make for this cluster.
        Nothing was changed on any host.
        next: Give yours another name in the spec. This one carries the label of the cluster other: if nobody manages that any more, manage the swarm under its name.`),
    );
    expect(await told(inputOf(spec({}), theirs))).toBe('demo, revision 1: nothing to do');
  });

  test('on the same port is refused', async () => {
    const theirs = withContainer(formed, 'h2', { name: 'other', publishedPorts: [8081] });
    expect(await told(inputOf(spec({ tool }), theirs))).toContain(
      'refused port_taken on h2: TCP port 8081 on h2, which the container tool publishes, is taken by the container other.',
    );
    expect(await told(inputOf(spec({ tool: { ...tool, host: 'h1' } }), theirs))).toContain('h1: run container tool');
  });
});

test('the same port of another protocol is free', async () => {
  const dns = withContainer(withSystem(formed, 'h2', { listeningUdp: [53] }), 'h2', {
    name: 'dns',
    publishedPorts: [53],
  });
  expect(await told(inputOf(spec({ tool: { ...tool, ports: ['53:80'] } }), dns))).toContain('run container tool');
  expect(await told(inputOf(spec({ tool: { ...tool, ports: ['53:80/udp'] } }), dns))).toContain(
    'refused port_taken on h2: UDP port 53',
  );
});

test('a port of our own container that is replaced is free for it', async () => {
  const listening = (now: Observation) => withSystem(now, 'h2', { listeningTcp: [22, 7946, 8081] });
  expect(await told(await next({ tool: { ...tool, image: 'tool:2' } }, listening))).toContain(
    'replace container tool: image',
  );
});
