import { parseConstraint } from '../spec/constraint.ts';
import { factsOf, memberOf, type World } from './world.ts';

export const activeNodes = ({ nodes, spec }: World): string[] =>
  nodes.filter((host) => spec.nodes[host]?.availability === 'active');

/** The active nodes that satisfy all constraints; undefined when that cannot be told for one of them. */
export function eligibleHosts(world: World, constraints: readonly string[]): string[] | undefined {
  const matches = activeNodes(world).map((host) => ({ host, match: matchesConstraints(world, host, constraints) }));
  if (matches.some(({ match }) => match === undefined)) return undefined;
  return matches.filter(({ match }) => match === true).map(({ host }) => host);
}

/** Whether a node will satisfy all constraints; undefined when that depends on something that is not in the spec or not seen. */
export function matchesConstraints(world: World, host: string, constraints: readonly string[]): boolean | undefined {
  const results = constraints.map((constraint) => matchesOne(world, host, constraint));
  if (results.includes(false)) return false;
  return results.includes(undefined) ? undefined : true;
}

function matchesOne(world: World, host: string, text: string): boolean | undefined {
  const constraint = parseConstraint(text);
  const value = constraint === undefined ? undefined : valueOf(world, host, constraint.key);
  if (constraint === undefined || value === undefined) return undefined;
  return (value.toLowerCase() === constraint.value.toLowerCase()) === constraint.equal;
}

function valueOf(world: World, host: string, key: string): string | undefined {
  const node = world.spec.nodes[host];
  const facts = factsOf(world, host);
  if (node === undefined) return undefined;
  if (key === 'node.role') return node.role;
  if (key === 'node.hostname') return facts.known ? facts.value.engine.hostname : undefined;
  if (key === 'node.platform.arch') return facts.known ? facts.value.engine.arch : undefined;
  if (key === 'node.id') return memberOf(world, host)?.id;
  const label = /^node\.labels\.(.+)$/.exec(key)?.[1];
  // A label that is nowhere is an empty text to the scheduler.
  return label === undefined ? undefined : (node.labels[label] ?? memberOf(world, host)?.labels[label] ?? '');
}
