import { z } from 'zod';
import { forcedRemoval } from '../plan/removal-by-force.ts';
import type { Spec } from '../spec/spec.ts';
import { name } from './args.ts';
import { inConflict, mustExist, without } from './refusals.ts';
import { editVerb } from './verb.ts';

export const nodeRm = editVerb({
  noun: 'node',
  action: 'rm',
  summary: 'Take a host out of the cluster and its swarm',
  example: 'node rm h3',
  positional: ['host'],
  args: z.strictObject({
    host: name('host'),
    force: z
      .boolean()
      .default(false)
      .describe('Also when it cannot be seen: its node is taken off the list without its knowledge'),
  }),
  decide: ({ host, force }, { current }) => {
    const forced = forcedRemoval(host);
    const others = current.filter(({ path }) => path !== forced.path);
    return force ? [...others, forced] : others;
  },
  edit: (spec, { host }, { members }) => {
    // Out of the spec since an earlier edit, and not out of the swarm: said again, it is planned again.
    if (!Object.hasOwn(spec.nodes, host) && members.includes(host)) return spec;
    mustExist('node', host, spec.nodes);
    checkLastManager(spec, host);
    checkContainers(spec, host);
    return { ...spec, nodes: without(spec.nodes, host) };
  },
});

function checkLastManager({ cluster, nodes }: Spec, host: string): void {
  const others = Object.entries(without(nodes, host));
  if (others.some(([, { role }]) => role === 'manager')) return;
  const [other] = others.map(([name]) => name);
  if (other === undefined) {
    throw inConflict(
      `${host} is the only node of the cluster.`,
      `To take the whole cluster down: \`flotilla cluster rm ${cluster}\`.`,
    );
  }
  throw inConflict(
    `${host} is the last manager, and without one the others are no swarm.`,
    `Make another one first: \`flotilla node set ${other} --role manager\`.`,
  );
}

function checkContainers({ containers }: Spec, host: string): void {
  const there = Object.entries(containers).flatMap(([container, spec]) => (spec.host === host ? [container] : []));
  if (there.length === 0) return;
  throw inConflict(
    `The spec has containers on ${host}: ${there.join(', ')}.`,
    `Remove them first (\`flotilla container rm ${there[0]}\`), or give them another host in the spec.`,
  );
}
