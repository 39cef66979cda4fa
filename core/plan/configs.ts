import type { MadeConfig } from '../engine/made-config.ts';
import type { HeldFacts } from '../observation.ts';
import { clusterLabel, configLabel } from '../spec/names.ts';
import type { Step } from '../step.ts';
import { changedLines } from './changed-lines.ts';
import { planHeldRemovals, usersOf } from './held-removals.ts';
import { heldByOthers } from './not-ours.ts';
import { mergeParts, type Part, part } from './part.ts';
import { idsOf, stepId } from './steps.ts';
import { isOurs, type World } from './world.ts';

/*
 * Configs that the spec says. None is changed: other content is another config under another name, which services are
 * given in place of the former one, and that one goes when nothing has it any more.
 */

/** Steps that make those which the swarm does not hold. */
export const planConfigs = (world: World, formed: readonly Step[]): Part =>
  mergeParts([...world.configs].map(([key, made]) => planOne(world, key, made, idsOf(formed, 'init-swarm'))));

function planOne(world: World, key: string, made: MadeConfig, after: string[]): Part {
  const existing = world.swarm?.configs?.find(({ name }) => name === made.name);
  if (existing !== undefined)
    return isOurs(world, existing.labels) ? part() : part({ problems: [heldByOthers('config', made.name)] });
  const former = formerOf(world, key);
  const { name, digest, bytes } = made;
  const labels = { ...made.labels, [clusterLabel]: world.input.cluster, [configLabel]: key };
  const changes = former?.content === undefined ? [] : changedLines(former.content, made.content);
  const args = { config: key, name, digest, bytes, labels, replaces: former?.name ?? null, changes };
  return part({ steps: [{ id: stepId('create-config', key), kind: 'create-config', host: null, args, after }] });
}

/** What the swarm holds under the same name of the spec: the one in use, where some were left over. */
function formerOf(world: World, key: string): HeldFacts | undefined {
  const all = madeBefore(world).filter(({ labels }) => labels[configLabel] === key);
  return all.find((config) => usersOf(world, 'configs', config).length > 0) ?? all[0];
}

/** Steps that remove what the spec does not say any more. */
export function planConfigRemovals(world: World, before: readonly Step[]): Part {
  const wanted = new Set([...world.configs.values()].map(({ name }) => name));
  const gone = madeBefore(world).filter(({ name }) => !wanted.has(name));
  return planHeldRemovals(world, 'configs', { gone, before }, ({ name, id }, after) => ({
    id: stepId('remove-config', name),
    kind: 'remove-config',
    host: null,
    args: { config: name, id },
    after,
  }));
}

/** Those that we made from a spec. */
const madeBefore = (world: World): HeldFacts[] =>
  (world.swarm?.configs ?? []).filter(({ labels }) => isOurs(world, labels) && configLabel in labels);
