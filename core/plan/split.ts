import { type Problem, problem } from './part.ts';
import type { World } from './world.ts';

/**
 * Two swarms with one id. Which of them is meant cannot be told from outside, and each takes the nodes of the other for
 * lost: whatever would be planned by the one might be the end of the other.
 */
export function checkSplit({ swarm, input }: World): Problem[] {
  const rivals = swarm?.rivals ?? [];
  if (swarm === null || rivals.length === 0) return [];
  const { manager } = swarm;
  const others = rivals.join(', ');
  return [
    problem('conflict', {
      id: 'swarm-split',
      hosts: [manager, ...rivals],
      message: `There are two swarms with the id of the cluster ${input.cluster}: ${manager} and ${others} follow different leaders. It was made anew by force, and managers of before came back.`,
      fix: `See with \`docker node ls\` on ${manager} and on ${others} which of them has the nodes that you want to keep. On every host of the other run \`docker swarm leave --force\`, then try again.`,
    }),
  ];
}
