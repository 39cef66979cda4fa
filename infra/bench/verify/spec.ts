import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { network } from '../form/way.ts';

export const clusterName = 'bench';

/** One attachable overlay over all hosts and nothing on it, so that every node needs a prober of its own. */
export const verifySpec = (lab: Lab): SpecInput => ({
  cluster: clusterName,
  nodes: Object.fromEntries(lab.hosts.map(({ name }, at) => [name, { role: at === 0 ? 'manager' : 'worker' }])),
  networks: { [network]: { attachable: true } },
  verify: { connectivity: 'none' },
});
