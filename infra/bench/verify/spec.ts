import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { network } from '../form/way.ts';

export const clusterName = 'bench';

/** The service of a network that is in use, with a task on every node. */
export const serviceName = 'web';

/**
 * One attachable overlay over all hosts, and a task of one service on each, as where people work; or nothing on it at
 * all (`isEmpty`), so that every prober has to be attached, which is most of the engines' work then.
 */
export const verifySpec = (lab: Lab, { isEmpty }: { isEmpty: boolean }): SpecInput => ({
  cluster: clusterName,
  nodes: Object.fromEntries(lab.hosts.map(({ name }, at) => [name, { role: at === 0 ? 'manager' : 'worker' }])),
  networks: { [network]: { attachable: true } },
  services: isEmpty ? {} : { [serviceName]: { image: 'nginx', networks: [network], deploy: { mode: 'global' } } },
  verify: { connectivity: 'none' },
});
