import { describe, expect, test } from 'vitest';
import type { Observation } from '../observation.ts';
import type { PlanInput } from './input.ts';
import { clusterLabel } from '../spec/names.ts';
import type { SpecInput } from '../spec/spec.ts';
import {
  bareHosts,
  inNoSwarm,
  formedSwarm,
  host,
  inputOf,
  nodeIdOf,
  withContainer,
  withEngine,
  withNetwork,
  withSwarm,
  withSystem,
  withUnseen,
} from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import { specLabel } from './container-mark.ts';
import { forcedRemoval } from './removal-by-force.ts';

const manager = { role: 'manager' as const };
const formed = formedSwarm(['h1'], ['h2', 'h3']);
const three = formedSwarm(['h1', 'h2', 'h3'], ['h4']);
const all = ['h1', 'h2', 'h3', 'h4'].map((name) => host(name));

/** What to plan when the cluster has the hosts of the observation, and the spec these nodes. */
const inputFor = (nodes: SpecInput['nodes'], on: Observation, more: Partial<PlanInput> = {}): PlanInput =>
  inputOf({ swarm: { address_pools: ['10.200.0.0/16'] }, nodes }, on, {
    hosts: all.filter(({ name }) => Object.hasOwn(on.hosts, name)),
    ...more,
  });
const without3 = { h1: manager, h2: {} };
const ours = { labels: { [clusterLabel]: 'demo', [specLabel]: 'x' } };

describe('a host that the spec does not name any more', () => {
  test('is drained, leaves and is taken off the list, after its containers are removed', async () => {
    const busy = withContainer(formed, 'h3', { name: 'tool', ...ours });
    const input = inputFor(without3, busy);
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk high (removes something, takes a manager away, or gives a container a hold on its host)
        1. h3: remove container tool
        2. drain node h3 until no task is left there
        3. h3: leave the swarm
        4. remove node h3 from the swarm`),
    );
    expect(await told(await carriedOut(input))).toBe('demo, revision 1: nothing to do');
  });

  test('leaves after the one before it is out', async () => {
    const { steps } = await planned(inputFor({ h1: manager }, formed));
    expect(steps.map(({ id }) => id)).toEqual([
      'drain-node:h2',
      'leave-swarm:h2',
      'remove-node:h2',
      'drain-node:h3',
      'leave-swarm:h3',
      'remove-node:h3',
    ]);
    expect(steps[3]?.after).toContain('remove-node:h2');
  });

  test('that has left by itself is taken off the list, after its engine has let go of 7946', async () => {
    const left = withEngine(formed, 'h3', { swarm: inNoSwarm });
    expect(await told(inputFor(without3, left))).toContain('\n1. remove node h3 from the swarm');
    const stale = withSystem(left, 'h3', { listeningTcp: [22, 7946] });
    expect(await told(inputFor(without3, stale))).toContain('\n1. h3: leave the swarm\n2. remove node h3');
  });

  test('that is in another swarm is left there, and its old node taken off the list', async () => {
    const elsewhere = withEngine(formed, 'h3', { swarm: { ...inNoSwarm, state: 'active', nodeId: 'node-x' } });
    expect(await told(inputFor(without3, elsewhere))).toBe(
      lines(`
        demo, revision 1: risk high (removes something, takes a manager away, or gives a container a hold on its host)
        1. remove node h3 from the swarm
        warning left-for-other-swarm: h3 is in another swarm now (as node node-x), which is left as it is.`),
    );
  });

  test('leaves no container of others without its network', async () => {
    const net = withNetwork(formed, { name: 'net', attachable: true, labels: ours.labels });
    const theirs = withContainer(net, 'h3', { name: 'theirs', networks: ['net'] });
    const input = inputFor(without3, theirs);
    expect(await told(input)).toBe(
      lines(`
        refused conflict on h3: h3 is to leave the swarm, and containers there that Flotilla did not make would lose their network: theirs (net).
        Nothing was changed on any host.
        next: Remove them, or take them off the network with \`docker network disconnect\` on h3.`),
    );
  });
});

describe('a manager that leaves', () => {
  test('is demoted first, and the plan is critical', async () => {
    const input = inputFor({ h1: manager, h2: manager, h4: {} }, three);
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk critical (takes away a network in use, a manager for good or the last that could be spared, a node by force, or the swarm)
        1. set node h3: worker, active, no labels
        2. drain node h3 until no task is left there
        3. h3: leave the swarm
        4. remove node h3 from the swarm
        warning no-manager-to-spare: With 2 managers left the swarm cannot be changed any more after the loss of one. Keep 3, 5 or 7 managers.`),
    );
    expect(await told(await carriedOut(input))).toBe('demo, revision 1: nothing to do');
  });

  test('goes after the manager that takes its place has joined', async () => {
    const { steps } = await planned(inputFor({ h2: manager, h3: {} }, formed));
    expect(steps.map(({ id }) => id)).toEqual([
      'set-node:h2',
      'set-node:h1',
      'drain-node:h1',
      'leave-swarm:h1',
      'remove-node:h1',
    ]);
    expect(steps[1]?.after).toEqual(['set-node:h2']);
  });

  test('is kept when too few of the others are ready', async () => {
    const down = withSwarm(three, (facts) => ({
      ...facts,
      nodes: facts.nodes.map((node) => (node.hostname === 'h2' ? { ...node, state: 'down' } : node)),
    }));
    expect(await told(inputFor({ h1: manager, h2: manager, h4: {} }, down))).toMatch(
      /^refused conflict on h2: Of the 2 managers that would stay 2 must be ready to keep the quorum, but h2 is not\./,
    );
  });
});

test('a manager that the new leader has not heard of yet counts for the quorum, as it hears the leader itself', async () => {
  const inState = (state: string) =>
    withSwarm(withUnseen(three, 'h1', 'timeout', 'host_unreachable'), (facts) => ({
      ...facts,
      nodes: facts.nodes.map((node) => ({ ...node, state })),
    }));
  const input = (on: Observation) =>
    inputFor({ h2: manager, h3: manager, h4: {} }, on, { decisions: [forcedRemoval('h1')] });
  expect((await planned(input(inState('unknown')))).steps.map(({ id }) => id)).toEqual([
    'set-node:h1',
    'remove-node:h1',
  ]);
  expect(await told(input(inState('down')))).toMatch(
    /^refused conflict: Of the 2 managers that would stay 2 must be ready/,
  );
});

test('managers that a swarm made anew by force has only on its list have no vote, and can be taken out one by one', async () => {
  const lost = ['h1', 'h2'].reduce((on, host) => withUnseen(on, host, 'timeout', 'host_unreachable'), three);
  const anew = withSwarm(lost, (facts) => ({
    ...facts,
    manager: 'h3',
    nodes: facts.nodes.map((node) => {
      const isLost = node.hostname === 'h1' || node.hostname === 'h2';
      return {
        ...node,
        state: isLost ? 'down' : 'ready',
        leader: node.hostname === 'h3',
        inRaft: node.hostname === 'h3',
      };
    }),
  }));
  const input = inputFor({ h2: manager, h3: manager, h4: {} }, anew, { decisions: [forcedRemoval('h1')] });
  expect((await planned(input)).steps.map(({ id }) => id)).toEqual(['remove-node:h1']);
});

test('two swarms with one id are told apart before anything else, as neither must be taken for the other', async () => {
  const split = withSwarm(three, (facts) => ({ ...facts, rivals: ['h3'] }));
  expect(await told(inputFor({ h1: manager, h4: {} }, split))).toMatch(
    /^refused conflict: There are two swarms with the id of the cluster demo: h1 and h3 follow different leaders\./,
  );
});

describe('a host that cannot be seen', () => {
  const unseen = withUnseen(formed, 'h3', 'no answer on port 22', 'host_unreachable');
  const byForce = { decisions: [forcedRemoval('h3')] };

  test('does not leave: that it could not be seen does not mean that it is gone', async () => {
    expect(await told(inputFor(without3, unseen))).toBe(
      lines(`
        refused host_unreachable on h3: h3 is to leave the cluster and could not be seen: no answer on port 22.
        Nothing was changed on any host.
        next: Run \`flotilla host probe h3\` and mend what it says, then try again. If the host is gone for good: \`flotilla node rm h3 --force\`.`),
    );
  });

  test('is taken out by force where that was asked for, and the plan says what the host goes on believing', async () => {
    const input = inputFor(without3, unseen, byForce);
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk critical (takes away a network in use, a manager for good or the last that could be spared, a node by force, or the swarm)
        1. remove node h3 from the swarm by force
        decided removed.h3: force (asked for with \`node rm h3 --force\`, in case it cannot be seen)
        warning removed-by-force: h3 could not be seen (no answer on port 22), so it is taken out of demo without its knowledge: it still believes that it is a node, and what runs there goes on. When it comes back, run \`docker swarm leave --force\` there before anything else.`),
    );
  });

  test('goes before services are touched, which would wait for its tasks; who leaves in order goes after them', async () => {
    const spec = (image: string) => ({
      swarm: { address_pools: ['10.200.0.0/16'] },
      nodes: { h1: manager },
      services: { web: { image, deploy: { mode: 'global' as const } } },
    });
    const input = inputOf(spec('nginx:1'), unseen, { ...byForce, hosts: all.slice(0, 3) });
    const text = await told(input);
    expect(text.split('\n').filter((line) => /^\d/.test(line))).toEqual([
      '1. remove node h3 from the swarm by force',
      expect.stringMatching(/^2\. create service web /),
      '3. drain node h2 until no task is left there',
      '4. h2: leave the swarm',
      '5. remove node h2 from the swarm',
    ]);
    const { steps } = await planned(input);
    expect(steps.find(({ kind }) => kind === 'create-service')?.after).toContain('remove-node:h3');
  });

  test('goes after the newcomers that take its place', async () => {
    const gone = withUnseen(formed, 'h3', 'timeout', 'host_unreachable');
    const grown = { ...gone, hosts: { ...gone.hosts, ...bareHosts('h4').hosts } };
    const { steps } = await planned(inputFor({ h1: manager, h2: {}, h4: {} }, grown, byForce));
    expect(steps.map(({ id }) => id)).toEqual(['prepare-host:h4', 'join-worker:h4', 'remove-node:h3']);
    expect(steps.at(-1)?.after).toEqual(['prepare-host:h4', 'join-worker:h4']);
  });

  test('and was a manager is demoted first, as nobody removes one', async () => {
    const gone = withUnseen(three, 'h3', 'timeout', 'host_unreachable');
    const { steps } = await planned(inputFor({ h1: manager, h2: manager, h4: {} }, gone, byForce));
    expect(steps.map(({ id }) => id)).toEqual(['set-node:h3', 'remove-node:h3']);
  });

  test('but is there when its turn comes leaves as any other, force or not', async () => {
    const { steps, decisions } = await planned(inputFor(without3, formed, byForce));
    expect(steps.map(({ id }) => id)).toEqual(['drain-node:h3', 'leave-swarm:h3', 'remove-node:h3']);
    expect(steps[2]?.args).toMatchObject({ force: false });
    expect(decisions).toHaveLength(1);
  });

  test('once it is out, that it was by force is forgotten', async () => {
    const hosts = all.slice(0, 2);
    expect((await planned(inputFor(without3, formedSwarm(['h1'], ['h2']), { ...byForce, hosts }))).decisions).toEqual(
      [],
    );
  });
});

describe('a host that comes back after it was removed by force', () => {
  const swarm = withSwarm(formed, (facts) => ({
    ...facts,
    nodes: facts.nodes.filter(({ id }) => id !== nodeIdOf('h3')),
  }));
  const record = { swarmId: 'swarm-1', nodes: { h1: nodeIdOf('h1'), h2: nodeIdOf('h2'), h3: nodeIdOf('h3') } };

  test.each(['active', 'pending'] as const)(
    'and whose engine is %s is not taken for a node, nor for free',
    async (state) => {
      const back = withEngine(swarm, 'h3', { swarm: { ...inNoSwarm, state, nodeId: nodeIdOf('h3') } });
      expect(await told(inputFor({ ...without3, h3: {} }, back, { record }))).toBe(
        lines(`
        refused conflict on h3: h3 still believes that it is node node-h3 of the cluster demo, but no manager lists that node any more: it was removed while h3 was not seen.
        Nothing was changed on any host.
        next: Run \`docker swarm leave --force\` on h3, then try again: it joins as a new node.`),
      );
    },
  );
});
