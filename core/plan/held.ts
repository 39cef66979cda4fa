import { type HeldKind, heldKinds, type HeldSpec, heldWords } from '../spec/held.ts';
import { type Part, part, type Problem, problem } from './part.ts';
import type { World } from './world.ts';

/** Secrets and configs that services are given, the swarm does not hold and Flotilla does not make. */
export const checkHeld = (world: World): Part =>
  part({
    problems: Object.entries(world.spec.services).flatMap(([service, spec]) =>
      heldKinds.flatMap((kind) =>
        (spec[kind] ?? []).flatMap(({ source }) =>
          isMissing(world, kind, source) ? [notHeld(world, { kind, name: source, service })] : [],
        ),
      ),
    ),
  });

/** A swarm that was seen before it was asked what it holds tells nothing of it. */
function isMissing({ swarm, spec }: World, kind: HeldKind, name: string): boolean {
  const declared = Object.entries<HeldSpec>(spec[kind] ?? {}).find(([key]) => key === name);
  if (declared?.[1].external !== true) return false;
  if (swarm === null) return true;
  return swarm[kind]?.some((one) => one.name === name) === false;
}

/** How a spec says that it is to be made with all the rest. */
const madeWithTheRest: Record<HeldKind, string> = {
  secrets: 'write `from: worker` and give the worker its value',
  configs: 'write into its `content` what it says',
};

function notHeld({ swarm, input }: World, wanted: { kind: HeldKind; name: string; service: string }): Problem {
  const what = heldWords[wanted.kind];
  const make = `\`docker ${what} create ${wanted.name} FILE\` on a manager`;
  const instead = madeWithTheRest[wanted.kind];
  return problem('not_found', {
    id: `${what}-missing`,
    message:
      swarm === null
        ? `The service ${wanted.service} is given the ${what} ${wanted.name}, and the cluster ${input.cluster} has no swarm yet that could hold it.`
        : `The service ${wanted.service} is given the ${what} ${wanted.name}, which the swarm does not hold.`,
    fix:
      swarm === null
        ? `Instead of \`external: true\`, ${instead}. Or apply the spec without the service first, make it with ${make}, and apply the whole.`
        : `Make it with ${make}, or ${instead}, instead of \`external: true\`.`,
  });
}
