/** Managers that follow different leaders though their swarm has one id: the one that was asked, and the others. */
export interface Split {
  cluster: string;
  manager: string;
  rivals: readonly string[];
}

/** The finding for it, the same wherever it is found. */
export const splitTexts = ({ cluster, manager, rivals }: Split) => ({
  hosts: [manager, ...rivals],
  message: `There are two swarms with the id of the cluster ${cluster}: ${manager} and ${rivals.join(', ')} follow different leaders. It was made anew by force, and managers of before came back.`,
  fix: `See with \`docker node ls\` on ${manager} and on ${rivals.join(', ')} which of them has the nodes that you want to keep. On every host of the other run \`docker swarm leave --force\`, then try again.`,
});
