import { asItIs, isEmpty, leftOut, notTaken, refused, type Rule } from './fate.ts';
import { cpus, memLimit, memReservation, pidsLimit, scale, shmSize } from './limits.ts';
import { containerName, links } from './names.ts';
import { platform } from './platform.ts';
import { dependsOn, restart } from './restart.ts';

const unlessEmpty: Rule = (value) => (isEmpty(value) ? asItIs : leftOut);
const ifFalse: Rule = (value) => (value === false ? asItIs : notTaken);

/** The rule of a key, and which key of a spec says the same (absent: it is left out, if at all). */
interface Taken {
  rule: Rule;
  becomes?: string;
}

/** Keys of services that the Compose file of a stack may have beside those of a spec. */
export const serviceKeys: Readonly<Record<string, Taken>> = {
  restart: { rule: restart, becomes: 'deploy.restart_policy' },
  scale: { rule: scale, becomes: 'deploy.replicas' },
  cpus: { rule: cpus, becomes: 'deploy.resources.limits.cpus' },
  mem_limit: { rule: memLimit, becomes: 'deploy.resources.limits.memory' },
  mem_reservation: { rule: memReservation, becomes: 'deploy.resources.reservations.memory' },
  pids_limit: { rule: pidsLimit, becomes: 'deploy.resources.limits.pids' },
  platform: { rule: platform, becomes: 'deploy.placement.constraints' },
  shm_size: { rule: shmSize, becomes: 'tmpfs' },
  attach: { rule: () => leftOut },
  /** Nobody can build on a host, but what is pushed can be run. */
  build: { rule: (_, { service }) => (typeof service['image'] === 'string' ? leftOut : notTaken) },
  container_name: { rule: containerName },
  depends_on: { rule: dependsOn },
  develop: { rule: () => leftOut },
  expose: { rule: unlessEmpty },
  links: { rule: links },
  /** Services with one are not deployed (take-compose.ts). */
  profiles: { rule: (value) => (isEmpty(value) ? asItIs : notTaken) },
  pull_policy: {
    rule: (value) =>
      value === 'never'
        ? refused('`never` is for an image that lies on one host; push it to a registry, and leave `pull_policy` out')
        : leftOut,
  },
  privileged: { rule: ifFalse },
  oom_kill_disable: { rule: ifFalse },
  use_api_socket: { rule: ifFalse },
};
