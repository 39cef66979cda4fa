import { isImageAsAsked } from '../engine/image-name.ts';
import type { ContainerFacts } from '../observation.ts';
import type { ContainerSpec } from '../spec/service.ts';
import { markDifferences } from './container-mark.ts';
import { type Part, part } from './part.ts';
import { idIn, takenDecision, takenPath, takesOver } from './taken.ts';
import { takenOtherwise } from './taken-otherwise.ts';
import type { World } from './world.ts';

interface Taken {
  existing: ContainerFacts;
  spec: ContainerSpec;
  /** What its spec says now, field by field. */
  mark: string;
}

/**
 * A container that others started, and that is ours by its id. It can carry no mark of what it was asked to be, so the
 * decision keeps that; what a list of containers tells is compared when it is taken over.
 */
export function planTaken(world: World, name: string, { existing, spec, mark }: Taken): Part & { changes: string[] } {
  const path = takenPath('containers', name);
  const had = world.input.decisions.find((decision) => decision.path === path);
  if (had !== undefined && idIn(had.value) === existing.id)
    return { ...part(), changes: markDifferences(String(had.value).slice(existing.id.length + 1), mark) };
  const differences = takesOver(world.input) ? differencesOf(existing, spec) : [];
  return {
    ...part({
      decisions: [takenDecision('containers', name, `${existing.id} ${mark}`)],
      problems: differences.length === 0 ? [] : [takenOtherwise(`container ${name}`, differences, spec.host)],
    }),
    changes: [],
  };
}

function differencesOf({ image, state, networks, publishedPorts }: ContainerFacts, spec: ContainerSpec): string[] {
  const differs = (what: string, now: readonly (string | number)[], wanted: readonly (string | number)[]): string[] => {
    const [had, wants] = [now, wanted].map((list) => [...new Set(list.map(String))].sort().join(', ') || 'none');
    return had === wants ? [] : [`${what} ${had} → ${wants}`];
  };
  if (state !== 'running') return [`it does not run (${state})`];
  const wanted = Object.keys(spec.networks);
  return [
    // An image whose tag has moved on is listed by its id, which says nothing of its name.
    ...(image.startsWith('sha256:') || /^[0-9a-f]{12}$/.test(image) || isImageAsAsked(image, spec.image)
      ? []
      : [`image ${image} → ${spec.image}`]),
    ...differs('networks', networks, wanted.length === 0 ? ['bridge'] : wanted),
    ...differs(
      'ports',
      publishedPorts,
      spec.ports.map(({ published }) => published),
    ),
  ];
}
