import type { ObservedService } from '../engine/observed-service.ts';
import type { Finding } from '../finding.ts';
import { nameList } from '../name-list.ts';
import type { ServiceSpec } from '../spec/service.ts';
import { warning } from './part.ts';
import { matchesConstraints } from './placement.ts';
import { memberOf, type World } from './world.ts';

interface Subject {
  name: string;
  spec: ServiceSpec;
  existing: ObservedService;
}

/**
 * A volume stays on its host when the task that has it goes to another one, where an empty volume of that name is made:
 * a database that is moved so has lost its data without a word of the swarm.
 */
export function volumeWarnings(world: World, { name, spec, existing }: Subject): Finding[] {
  const volumes = localVolumes(world, spec);
  const lost = hostsLost(world, { now: existing.TaskTemplate.Placement.Constraints, spec });
  const [volume = ''] = volumes;
  if (volumes.length === 0 || lost.length === 0) return [];
  const hosts = nameList(lost);
  const one = volumes.length === 1;
  return [
    warning({
      id: 'volume-stays-behind',
      hosts: lost,
      message: `The service ${name} may not run on ${hosts} any more. What its ${one ? 'volume' : 'volumes'} ${nameList(volumes)} ${one ? 'has' : 'have'} there stays there: on another host a volume of that name is another one, and empty unless something has filled it.`,
      fix: `If its data has to come along: \`flotilla service update ${name} --replicas 0\`, then copy it with \`docker run --rm -v ${volume}:/data busybox tar -C /data -c .\` on ${hosts} and \`docker run --rm -i -v ${volume}:/data busybox tar -C /data -x\` on the next host.`,
    }),
  ];
}

/** Named volumes that lie on one host; what another driver or options make of one is not known. */
const localVolumes = ({ spec: { volumes = {} } }: World, { volumes: mounts = [] }: ServiceSpec): string[] => [
  ...new Set(
    mounts.flatMap((mount) => {
      if (mount.type !== 'volume') return [];
      const { driver = 'local', driver_opts } = volumes[mount.source] ?? {};
      return driver === 'local' && driver_opts === undefined ? [mount.source] : [];
    }),
  ),
];

/** Hosts that may run it now and that may not by the spec. What cannot be told of one is not said. */
function hostsLost(world: World, { now, spec }: { now: readonly string[]; spec: ServiceSpec }): string[] {
  const { constraints } = spec.deploy.placement;
  return [...world.hosts.keys()].filter((host) => {
    const isActive = memberOf(world, host)?.availability === 'active';
    if (!isActive || matchesConstraints(world, host, now) === false) return false;
    const node = world.spec.nodes[host];
    return node?.availability !== 'active' || matchesConstraints(world, host, constraints) === false;
  });
}
