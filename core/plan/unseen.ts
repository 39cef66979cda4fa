import { codeOf, hostNotSeen } from './membership.ts';
import { type Part, part, warning } from './part.ts';
import { factsOf, type World } from './world.ts';

export const hostNotSeenId = 'host-not-seen';

/**
 * Nodes of ours that could not be seen. A plan that is empty, without a proof even, says that everything is as the spec
 * says, so it needs to see everything; any other may go on, and says what was not looked at.
 */
export function checkUnseen(world: World, isEmpty: boolean): Part {
  const unseen = world.nodes.flatMap((host) => {
    const facts = factsOf(world, host);
    return facts.known ? [] : [{ host, facts }];
  });
  if (isEmpty) {
    return part({ problems: unseen.map(({ host, facts }) => hostNotSeen(host, facts.reason, codeOf(facts.code))) });
  }
  return part({
    warnings: unseen.map(({ host, facts }) =>
      warning({
        id: hostNotSeenId,
        hosts: [host],
        message: `${host} could not be seen (${facts.reason}), so its containers were not compared with the spec.`,
        fix: `Run \`flotilla host probe ${host}\`, mend what it says, then apply again.`,
      }),
    ),
  });
}
