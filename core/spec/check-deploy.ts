import type { InputIssue } from '../errors.ts';
import { pointerOf } from '../pointer.ts';
import { bytesOf } from './amounts.ts';
import { batchesOf, type Deploy, type Replacing } from './deploy.ts';
import { nanosecondsOf } from './duration.ts';
import type { ContainerSpec } from './service.ts';
import type { Spec } from './spec.ts';

/** A step waits for an update to its end, and so not longer than this for the pauses in it. */
const pausesMaxS = 240;

/** What services ask for of resources and updates, and containers of memory, goes together. */
export const checkDeploy = (spec: Pick<Spec, 'nodes' | 'services' | 'containers'>): InputIssue[] => [
  ...Object.entries(spec.services).flatMap(([name, { deploy }]) => {
    const tasks = deploy.mode === 'global' ? Object.keys(spec.nodes).length : (deploy.replicas ?? 1);
    return checkOne(deploy, tasks).map(({ path, message }) => ({
      pointer: pointerOf(['services', name, 'deploy', ...path]),
      message,
    }));
  }),
  ...Object.entries(spec.containers).flatMap(([name, container]) => checkMemory(name, container)),
];

interface Wrong {
  path: string[];
  message: string;
}

const checkOne = (deploy: Deploy, tasks: number): Wrong[] => [
  ...checkReservations(deploy),
  ...checkPauses('update_config', deploy.update_config, tasks),
  ...checkPauses('rollback_config', deploy.rollback_config, tasks),
  ...(deploy.mode === 'global' && deploy.placement.max_replicas_per_node !== undefined
    ? [
        {
          path: ['placement', 'max_replicas_per_node'],
          message: 'does not go with `mode: global`, which runs one task on each node',
        },
      ]
    : []),
];

function checkReservations({ resources: { limits = {}, reservations = {} } = {} }: Deploy): Wrong[] {
  const above = (key: 'cpus' | 'memory'): Wrong => ({
    path: ['resources', 'reservations', key],
    message: `must be at most the limit, ${limits[key]}`,
  });
  const { cpus, memory } = reservations;
  return [
    ...(cpus !== undefined && limits.cpus !== undefined && Number(cpus) > Number(limits.cpus) ? [above('cpus')] : []),
    ...(memory !== undefined && limits.memory !== undefined && bytesOf(memory) > bytesOf(limits.memory)
      ? [above('memory')]
      : []),
  ];
}

function checkPauses(key: string, config: Replacing | undefined, tasks: number): Wrong[] {
  if (config === undefined) return [];
  const { delay = '0s', monitor = '0s' } = config;
  const pausesS = (nanosecondsOf(delay) * (batchesOf(config, tasks) - 1) + nanosecondsOf(monitor)) / 1e9;
  if (pausesS <= pausesMaxS) return [];
  const message = `makes ${tasks} tasks wait for ${Math.round(pausesS)} s in all; a step waits for at most ${pausesMaxS} s`;
  return [{ path: [key, delay === '0s' ? 'monitor' : 'delay'], message }];
}

function checkMemory(name: string, { mem_limit, mem_reservation }: ContainerSpec): InputIssue[] {
  if (mem_limit === undefined || mem_reservation === undefined) return [];
  if (bytesOf(mem_reservation) <= bytesOf(mem_limit)) return [];
  const pointer = pointerOf(['containers', name, 'mem_reservation']);
  return [{ pointer, message: `must be at most the limit, ${mem_limit}` }];
}
