import { describe, expect, test } from 'vitest';
import {
  formedSwarm,
  host,
  inNoSwarm,
  inputOf,
  nodeIdOf,
  withContainer,
  withEngine,
  withNetwork,
  withService,
  withSwarm,
  withUnseen,
} from '../testing/observations.ts';
import { carriedOut, lines, planned, told } from '../testing/told.ts';
import type { Observation } from '../observation.ts';
import { known } from '../observed.ts';
import { clusterLabel } from '../spec/names.ts';
import { specLabel } from './container-mark.ts';
import type { PlanInput } from './input.ts';

const labels = { [clusterLabel]: 'demo', [specLabel]: 'x' };
const serviceOf = (name: string, own: Record<string, string> = {}) => ({
  id: name,
  name,
  labels: own,
  spec: { Name: name },
});
const running = withContainer(
  withService(withNetwork(formedSwarm(['h1', 'h2'], ['h3']), { name: 'net', labels }), serviceOf('web', labels)),
  'h3',
  { name: 'tool', labels },
);
const inputFor = (on: Observation, more: Partial<PlanInput> = {}): PlanInput => ({
  ...inputOf({ nodes: {} }, on, { hosts: ['h1', 'h2', 'h3'].map((name) => host(name)) }),
  ...more,
});

describe('a cluster that is taken down', () => {
  test('loses what runs and what it holds, then its nodes, and the swarm with the last one', async () => {
    expect(await told(inputFor(running))).toBe(
      lines(`
        demo, revision 1: risk critical (takes away a network in use, a manager for good or the last that could be spared, a node by force, or the swarm)
        1. h3: remove container tool
        2. remove service web
        3. remove network net
        4. h3: leave the swarm
        5. remove node h3 from the swarm
        6. set node h2: worker, active, no labels
        7. h2: leave the swarm
        8. remove node h2 from the swarm
        9. h1: leave the swarm as its last node, which ends it with all that it holds`),
    );
  });

  test('ends with the swarm only after everything else is done', async () => {
    const { steps } = await planned(inputFor(running));
    const others = steps.slice(0, -1).map(({ id }) => id);
    expect(steps.at(-1)?.after.toSorted()).toEqual(others.toSorted());
  });

  test('has nothing left to do then', async () => {
    const after = await carriedOut(inputFor(running));
    expect(await told(after)).toBe('demo, revision 1: nothing to do');
  });

  test('has nothing to end when all its hosts are in no swarm, though one is on record', async () => {
    const inNone = (on: Observation, name: string): Observation => withEngine(on, name, { swarm: inNoSwarm });
    const free = ['h1', 'h2', 'h3'].reduce(inNone, { ...running, swarm: known(null) });
    const record = { swarmId: 'swarm-1', nodes: { h1: nodeIdOf('h1') } };
    expect(await told(inputFor(free, { record }))).toMatch(/\n1. h3: remove container tool$/);
  });

  test('keeps its swarm while a host was not seen', async () => {
    const unseen = withUnseen(running, 'h3', 'no answer on port 22', 'host_unreachable');
    expect(await told(inputFor(unseen))).toMatch(
      /^refused host_unreachable on h3: h3 is to leave the cluster and could not be seen/,
    );
  });

  test('keeps its swarm while that holds what others made, all of which is named', async () => {
    const theirs = withSwarm(
      withService(withNetwork(running, { name: 'their-net' }), serviceOf('their-web')),
      (facts) => ({
        ...facts,
        secrets: [{ id: 's1', name: 'their-secret', labels: {} }],
        nodes: facts.nodes.map((node) =>
          node.hostname === 'h2' ? { ...node, id: 'node-x', hostname: 'stranger' } : node,
        ),
      }),
    );
    const only = inputFor(theirs, { hosts: [host('h1'), host('h3')] });
    expect(await told(only)).toBe(
      lines(`
        refused conflict: The swarm would end, and takes along what Flotilla did not make: node stranger (node-x), service their-web, network their-net, secret their-secret.
        Nothing was changed on any host.
        next: Remove them first, each by the tool that made it, then try again.`),
    );
  });
});
