import { asideName } from '../engine/aside-names.ts';
import type { ContainerFacts } from '../observation.ts';
import { type Part, part, warning } from './part.ts';
import { factsOf, isMine, isOurs, type World } from './world.ts';

/** The container before this one, of ours, that stands aside since a replacement was cut off; undefined where none does. */
export function oldAside(world: World, host: string, name: string): ContainerFacts | undefined {
  const facts = factsOf(world, host);
  const old = facts.known ? facts.value.containers.find((one) => one.name === asideName(name, 'old')) : undefined;
  return old !== undefined && isMine(world, 'containers', old) ? old : undefined;
}

/** Its id, where that alone makes it ours: its step would take it for somebody else's. */
export const takenAside = (world: World, old: ContainerFacts | undefined): string | undefined =>
  old === undefined || isOurs(world, old.labels) ? undefined : old.id;

/** What a step of a container does with the one that stands aside for it is told with the plan. */
export function cutOff(old: ContainerFacts | undefined, host: string, name: string, kind: 'run' | 'replace'): Part {
  if (old === undefined) return part();
  const goes = kind === 'run' ? `goes once ${name} runs, and is put back where that does not` : 'goes with this change';
  return part({
    warnings: [
      warning({
        id: 'replacement-cut-off',
        hosts: [host],
        message: `A replacement of the container ${name} on ${host} was cut off: the one before it stands aside as ${old.name} (${old.state}). It ${goes}.`,
      }),
    ],
  });
}
