import { isSameJson } from '../canonical.ts';
import { isMap, mapsIn, valueAt } from '../map.ts';
import type { StandingFacts } from '../observation.ts';
import type { EngineJson } from '../step.ts';
import { isNothing } from './said.ts';

/** Settings of a container that no spec can say, and that it would lose when it is made anew. */
const settings = [
  'Privileged Devices DeviceRequests DeviceCgroupRules SecurityOpt Links VolumesFrom PidMode UTSMode',
  'UsernsMode CgroupParent Cgroup OomScoreAdj OomKillDisable StorageOpt CpuShares CpuPeriod CpuQuota',
  'CpusetCpus CpusetMems BlkioWeight PublishAllPorts AutoRemove CpuRealtimePeriod CpuRealtimeRuntime',
  'BlkioWeightDevice VolumeDriver Annotations',
].flatMap((names) => names.split(' '));

const defaultShm = 64 * 2 ** 20;

/** Who else looks after a container, so that it is in no draft. Null where nobody does. */
export function othersProject({ config }: StandingFacts): string | null {
  const project = valueAt(config, ['Labels', 'com.docker.compose.project']);
  return typeof project === 'string' ? `it belongs to the Compose project ${project}` : null;
}

/** What a container has that no spec says. Null where there is nothing. */
export function unsayable({ config, hostConfig, image }: StandingFacts): string | null {
  const has = settings.filter((name) => !isNothing(hostConfig[name]));
  const others = [
    ...(hostConfig['ShmSize'] === undefined || hostConfig['ShmSize'] === defaultShm ? [] : ['ShmSize']),
    ...(isOneOf(hostConfig['IpcMode'], ['private', 'shareable']) ? [] : ['IpcMode']),
    ...(isOneOf(hostConfig['Runtime'], ['runc', 'io.containerd.runc.v2']) ? [] : ['Runtime']),
    ...(isNothing(config['Domainname']) ? [] : ['Domainname']),
    ...(isOneOf(hostConfig['MemorySwappiness'], [-1]) ? [] : ['MemorySwappiness']),
    ...(hasOwnSwap(hostConfig) ? ['MemorySwap'] : []),
    ...(isSameJson(startInterval(config), startInterval(image)) ? [] : ['Healthcheck.StartInterval']),
    ...(hasRetries(hostConfig['RestartPolicy']) ? ['RestartPolicy with a number of retries'] : []),
    ...(hasAddress(hostConfig['PortBindings']) ? ['a port on one address or on one that the engine chose'] : []),
  ];
  const all = [...has, ...others];
  return all.length === 0 ? null : `it has ${all.join(', ')}`;
}

/** Engines write twice the memory where nobody asked. */
const hasOwnSwap = ({ Memory, MemorySwap }: EngineJson): boolean =>
  !isNothing(MemorySwap) && MemorySwap !== Number(Memory) * 2;

const startInterval = (config: EngineJson): unknown => valueAt(config, ['Healthcheck', 'StartInterval']) ?? 0;

const hasRetries = (policy: unknown): boolean => isMap(policy) && !isNothing(policy['MaximumRetryCount']);

const hasAddress = (bindings: unknown): boolean =>
  isMap(bindings) &&
  Object.values(bindings).some((list) =>
    mapsIn(list).some(
      ({ HostIp, HostPort }) => !isOneOf(HostIp, ['0.0.0.0', '::']) || isNothing(HostPort) || HostPort === '0',
    ),
  );

/** Nothing at all, or a value that means the same. */
const isOneOf = (value: unknown, same: readonly (string | number)[]): boolean =>
  isNothing(value) || same.some((one) => one === value);
