import { splitTexts } from '../swarm-split.ts';
import { type Problem, problem } from './part.ts';
import type { World } from './world.ts';

/**
 * Two swarms with one id. Which of them is meant cannot be told from outside, and each takes the nodes of the other for
 * lost: whatever would be planned by the one might be the end of the other.
 */
export function checkSplit({ swarm, input }: World): Problem[] {
  const rivals = swarm?.rivals ?? [];
  if (swarm === null || rivals.length === 0) return [];
  return [
    problem('conflict', {
      id: 'swarm-split',
      ...splitTexts({ cluster: input.cluster, manager: swarm.manager, rivals }),
    }),
  ];
}
