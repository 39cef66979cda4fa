import type { SecretState } from '../observation.ts';
import type { SecretSpec } from '../spec/held.ts';
import { clusterLabel, secretLabel } from '../spec/names.ts';
import type { Step } from '../step.ts';
import { planHeldRemovals } from './held-removals.ts';
import { sameLabels, userLabels } from './node-labels.ts';
import { heldByOthers } from './not-ours.ts';
import { mergeParts, type Part, part, type Problem, problem } from './part.ts';
import { idsOf, stepId } from './steps.ts';
import { isOurs, type World } from './world.ts';

/*
 * Secrets whose values the worker has. A plan knows their names and whether the worker could make them; no engine tells a
 * value again, so that one which is there is as it should be.
 */

/** Steps that make those which the swarm does not hold. */
export const planSecrets = (world: World, formed: readonly Step[]): Part =>
  mergeParts(
    Object.entries(world.spec.secrets ?? {})
      .filter(([, { external }]) => external !== true)
      .map(([name, spec]) => planOne(world, name, spec, idsOf(formed, 'init-swarm'))),
  );

function planOne(world: World, name: string, { labels = {} }: SecretSpec, after: string[]): Part {
  const existing = world.swarm?.secrets?.find((secret) => secret.name === name);
  if (existing !== undefined && !isOurs(world, existing.labels)) return part({ problems: [madeByHand(name)] });
  if (existing !== undefined)
    return part({ problems: sameLabels(userLabels(existing.labels), labels) ? [] : [cannotChange(name)] });
  const state = world.input.observation.workerSecrets?.[name] ?? 'missing';
  if (state !== 'ready') return part({ problems: [notAtWorker(name, state)] });
  const args = { secret: name, labels: { ...labels, [clusterLabel]: world.input.cluster, [secretLabel]: name } };
  return part({ steps: [{ id: stepId('create-secret', name), kind: 'create-secret', host: null, args, after }] });
}

/** Steps that remove what the spec does not name any more. */
export function planSecretRemovals(world: World, before: readonly Step[]): Part {
  const gone = (world.swarm?.secrets ?? [])
    .filter(({ labels }) => isOurs(world, labels) && secretLabel in labels)
    .filter(({ name }) => !Object.hasOwn(world.spec.secrets ?? {}, name));
  return planHeldRemovals(world, 'secrets', { gone, before }, ({ name, id }, after) => ({
    id: stepId('remove-secret', name),
    kind: 'remove-secret',
    host: null,
    args: { secret: name, id },
    after,
  }));
}

function madeByHand(name: string): Problem {
  const refusal = heldByOthers('secret', name);
  const fix = `If it is the one that is meant, write \`${name}: { external: true }\`; if not, give yours another name.`;
  return { ...refusal, finding: { ...refusal.finding, fix } };
}

const cannotChange = (name: string): Problem =>
  problem('not_supported_yet', {
    id: 'secret-change',
    message: `The secret ${name} exists, and its labels cannot be changed while it lives.`,
    fix: 'Leave its labels as they are, or give the service one of another name.',
  });

const wrongs: Record<Exclude<SecretState, 'ready'>, string> = {
  missing: 'has none of that name',
  unreadable: 'cannot read its file',
  empty: 'has an empty file for it',
  'too-large': 'has more in its file than the 500 KB that Swarm takes',
};

const notAtWorker = (name: string, state: Exclude<SecretState, 'ready'>): Problem =>
  problem('not_found', {
    id: 'secret-missing',
    message: `The swarm does not hold the secret ${name}, and the worker that is to make it ${wrongs[state]}.`,
    fix: `Put its value into the file ${name} in the worker's FLOTILLA_SECRETS_FOLDER, or name its file in FLOTILLA_SECRETS. One that is made by hand is \`external: true\`.`,
  });
