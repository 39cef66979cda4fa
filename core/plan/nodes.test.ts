import { describe, expect, test } from 'vitest';
import type { SpecInput } from '../spec/spec.ts';
import { inNoSwarm, formedSwarm, inputOf, withSwarm, withEngine } from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';

const swarm = { address_pools: ['10.200.0.0/16'] };
const manager = { role: 'manager' as const };
const spec = (nodes: SpecInput['nodes']) => ({ swarm, nodes });
const formed = formedSwarm(['h1', 'h2', 'h3'], ['h4']);

describe('role, availability and labels', () => {
  test('are set where they differ', async () => {
    const input = inputOf(
      spec({ h1: manager, h2: manager, h3: manager, h4: { availability: 'drain', labels: { zone: 'a', rack: '1' } } }),
      formed,
    );
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk medium (changes or restarts something that runs)
        1. set node h4: worker, drain, labels zone=a, rack=1`),
    );
    expect(await told(await carriedOut(input))).toBe('demo, revision 1: nothing to do');
  });

  test('labels alone are a low risk', async () => {
    expect(
      (await planned(inputOf(spec({ h1: manager, h2: manager, h3: manager, h4: { labels: { zone: 'a' } } }), formed)))
        .risk,
    ).toBe('low');
  });

  test('labels that somebody else put there stay, ours are taken away with the spec', async () => {
    const theirs = withSwarm(formed, (facts) => ({
      ...facts,
      nodes: facts.nodes.map((node) => ({ ...node, labels: { theirs: '1' } })),
    }));
    const with3 = { h1: manager, h2: manager, h3: manager };
    const labelled = await carriedOut(inputOf(spec({ ...with3, h4: { labels: { zone: 'a', rack: '1' } } }), theirs));
    expect(await told(labelled)).toBe('demo, revision 1: nothing to do');
    const next = inputOf(spec({ ...with3, h4: { labels: { zone: 'b' } } }), labelled.observation);
    expect((await planned(next)).steps[0]?.args).toEqual({
      node: 'h4',
      id: 'node-h4',
      role: 'worker',
      availability: 'active',
      labels: { theirs: '1', zone: 'b', 'io.flotilla.labels': 'zone' },
    });
    const none = inputOf(spec({ ...with3, h4: {} }), (await carriedOut(next)).observation);
    expect((await planned(none)).steps[0]?.args).toMatchObject({ labels: { theirs: '1' } });
    expect(await told(await carriedOut(none))).toBe('demo, revision 1: nothing to do');
  });
});

describe('promotion and demotion', () => {
  test('promotions come first, demotions one after the other', async () => {
    const input = inputOf(spec({ h1: manager, h4: manager, h2: {}, h3: {} }), formed);
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk critical (takes away a network in use, a manager for good or the last that could be spared, a node by force, or the swarm)
        1. set node h4: manager, active, no labels
        2. set node h2: worker, active, no labels
        3. set node h3: worker, active, no labels
        warning no-manager-to-spare: With 2 managers left the swarm cannot be changed any more after the loss of one. Keep 3, 5 or 7 managers.`),
    );
    expect((await planned(input)).steps.map(({ after }) => after)).toEqual([[], ['set-node:h4'], ['set-node:h2']]);
  });

  test('is refused when too few of those that stay are ready', async () => {
    const down = withSwarm(formed, (facts) => ({
      ...facts,
      nodes: facts.nodes.map((node) => (node.hostname === 'h2' ? { ...node, state: 'down' } : node)),
    }));
    expect(await told(inputOf(spec({ h1: manager, h2: manager, h3: {}, h4: {} }), down))).toBe(
      lines(`
        refused conflict on h2: Of the 2 managers that would stay 2 must be ready to keep the quorum, but h2 is not.
        Nothing was changed on any host.
        next: Bring them back first, or keep more managers.`),
    );
  });
});

describe('nodes that the spec does not name', () => {
  test('a stranger is told and left alone', async () => {
    const stranger = { ...nodeOf(formed), id: 'node-x', hostname: 'elsewhere' };
    const observation = withSwarm(formed, (facts) => ({ ...facts, nodes: [...facts.nodes, stranger] }));
    expect(await told(inputOf(spec({ h1: manager, h2: manager, h3: manager, h4: {} }), observation))).toBe(
      lines(`
        demo, revision 1: nothing to do
        warning node-not-in-spec: The swarm has a node elsewhere (node-x, ready) that is no host of the spec. Register it as a host and add it to the spec, or remove it by hand.`),
    );
  });

  test('a host that was installed anew is a new node; its old one is told', async () => {
    const input = inputOf(
      spec({ h1: manager, h2: manager, h3: manager, h4: {} }),
      withEngine(formed, 'h4', { swarm: inNoSwarm }),
    );
    expect(await told(input)).toBe(
      lines(`
        demo, revision 1: risk low (only adds, or takes away what nothing uses)
        1. h4: check that the host is fit to join
        2. h4: join as a worker through h1, advertising 10.79.0.4
        decided nodes.h4.advertise_addr: 10.79.0.4 (the address that SSH uses, on eth0)
        warning stale-node: h4 was node node-h4 (ready) and is not that node any more. Remove the old one on a manager: \`docker node rm node-h4\`.`),
    );
  });
});

const nodeOf = ({ swarm: seen }: typeof formed) => {
  const node = seen.known ? seen.value?.nodes[0] : undefined;
  if (node === undefined) throw new Error('there is no node');
  return { ...node, role: 'worker' as const, leader: false };
};
