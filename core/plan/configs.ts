import { isGiven } from '../engine/held-fields.ts';
import type { MadeConfig } from '../engine/made-config.ts';
import type { HeldFacts } from '../observation.ts';
import { clusterLabel, configLabel } from '../spec/names.ts';
import type { Step } from '../step.ts';
import { changedLines } from './changed-lines.ts';
import { notOurs } from './networks.ts';
import { mergeParts, type Part, part, warning } from './part.ts';
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
    return isOurs(world, existing.labels) ? part() : part({ problems: [notOurs('config', made.name)] });
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
  return all.find((config) => usersOf(world, config).length > 0) ?? all[0];
}

/** Steps that remove what the spec does not say any more, after everything that has it until then. */
export function planConfigRemovals(world: World, before: readonly Step[]): Part {
  const wanted = new Set([...world.configs.values()].map(({ name }) => name));
  const after = idsOf(before, 'update-service', 'remove-service');
  return mergeParts(
    madeBefore(world)
      .filter(({ name }) => !wanted.has(name))
      .map((config) => {
        const strangers = usersOf(world, config).filter(({ labels }) => !isOurs(world, labels));
        if (strangers.length > 0) return part({ warnings: [stillUsed(config, strangers)] });
        const { name, id } = config;
        const step: Step = {
          id: stepId('remove-config', name),
          kind: 'remove-config',
          host: null,
          args: { config: name, id },
          after,
        };
        return part({ steps: [step] });
      }),
  );
}

/** Those that we made from a spec. */
const madeBefore = (world: World): HeldFacts[] =>
  (world.swarm?.configs ?? []).filter(({ labels }) => isOurs(world, labels) && configLabel in labels);

const usersOf = (world: World, config: HeldFacts) =>
  (world.swarm?.services ?? []).filter(({ spec }) => isGiven('configs', config, spec));

const stillUsed = ({ name }: HeldFacts, users: readonly { name: string }[]) =>
  warning({
    id: 'config-in-use',
    message: `The config ${name} is not in the spec any more, but is given to ${users.map((user) => user.name).join(', ')}, which Flotilla did not make; it is left there.`,
    fix: 'It goes with the next change after nothing has it any more.',
  });
