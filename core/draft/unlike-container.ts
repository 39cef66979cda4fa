import { isMap, mapsIn } from '../map.ts';
import type { StandingFacts } from '../observation.ts';
import { isNothing } from './said.ts';

/** Settings of a container that no spec can say, and that it would lose when it is made anew. */
const settings = [
  'Privileged Devices DeviceRequests DeviceCgroupRules SecurityOpt Links VolumesFrom PidMode UTSMode',
  'UsernsMode CgroupParent Cgroup OomScoreAdj OomKillDisable StorageOpt CpuShares CpuPeriod CpuQuota',
  'CpusetCpus CpusetMems BlkioWeight PublishAllPorts AutoRemove CpuRealtimePeriod CpuRealtimeRuntime',
  'BlkioWeightDevice VolumeDriver Annotations',
].flatMap((names) => names.split(' '));

const defaultShm = 64 * 2 ** 20;

/** Why a container is not for a spec: who looks after it, or what it has. Null where it is. */
export function reasonToLeaveOut({ config, hostConfig }: StandingFacts): string | null {
  const labels = isMap(config['Labels']) ? config['Labels'] : {};
  const project = labels['com.docker.compose.project'];
  if (typeof project === 'string') return `it belongs to the Compose project ${project}`;
  const has = settings.filter((name) => !isNothing(hostConfig[name]));
  const others = [
    ...(hostConfig['ShmSize'] === undefined || hostConfig['ShmSize'] === defaultShm ? [] : ['ShmSize']),
    ...(isOneOf(hostConfig['IpcMode'], ['private', 'shareable']) ? [] : ['IpcMode']),
    ...(isOneOf(hostConfig['Runtime'], ['runc', 'io.containerd.runc.v2']) ? [] : ['Runtime']),
    ...(isNothing(config['Domainname']) ? [] : ['Domainname']),
    ...(hasRetries(hostConfig['RestartPolicy']) ? ['RestartPolicy with a number of retries'] : []),
    ...(hasAddress(hostConfig['PortBindings']) ? ['a port on one address or on one that the engine chose'] : []),
  ];
  const all = [...has, ...others];
  return all.length === 0 ? null : `it has ${all.join(', ')}`;
}

const hasRetries = (policy: unknown): boolean => isMap(policy) && !isNothing(policy['MaximumRetryCount']);

const hasAddress = (bindings: unknown): boolean =>
  isMap(bindings) &&
  Object.values(bindings).some((list) =>
    mapsIn(list).some(
      ({ HostIp, HostPort }) => !isOneOf(HostIp, ['0.0.0.0', '::']) || isNothing(HostPort) || HostPort === '0',
    ),
  );

/** Nothing at all, or a text that means the same. */
const isOneOf = (value: unknown, texts: readonly string[]): boolean =>
  isNothing(value) || texts.some((text) => text === value);
