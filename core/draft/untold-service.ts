import { valueAt } from '../map.ts';
import { networksOf, type ObservedService } from '../engine/observed-service.ts';
import type { EngineJson } from '../step.ts';
import { unknownIn } from './said.ts';

const namesIn = (text: string): string[] => text.split(' ');

/** What of the engine's ServiceSpec has a key in the spec, or nothing that anybody asked for. */
const known: readonly { at: readonly string[]; names: readonly string[] }[] = [
  {
    at: [],
    names: ['Name', 'Labels', 'TaskTemplate', 'Networks', 'Mode', 'UpdateConfig', 'RollbackConfig', 'EndpointSpec'],
  },
  {
    at: ['TaskTemplate'],
    names: namesIn('ContainerSpec Resources RestartPolicy Placement Networks LogDriver ForceUpdate Runtime'),
  },
  {
    at: ['TaskTemplate', 'ContainerSpec'],
    names: namesIn(
      'Image Labels Command Args Hostname Env Dir User Groups TTY OpenStdin ReadOnly Mounts StopSignal ' +
        'StopGracePeriod Healthcheck Hosts DNSConfig Secrets Configs Init Sysctls CapabilityAdd ' +
        'CapabilityDrop Ulimits PullOptions',
    ),
  },
  {
    at: ['TaskTemplate', 'ContainerSpec', 'Healthcheck'],
    names: ['Test', 'Interval', 'Timeout', 'Retries', 'StartPeriod'],
  },
  { at: ['TaskTemplate', 'Resources'], names: ['Limits', 'Reservations'] },
  { at: ['TaskTemplate', 'Resources', 'Limits'], names: ['NanoCPUs', 'MemoryBytes', 'Pids'] },
  { at: ['TaskTemplate', 'Resources', 'Reservations'], names: ['NanoCPUs', 'MemoryBytes'] },
  { at: ['TaskTemplate', 'Placement'], names: ['Constraints', 'Preferences', 'MaxReplicas', 'Platforms'] },
];

/** Settings of a service by their names in the Engine API that a spec has no key for; they stay as they are. */
export function untoldOfService(now: ObservedService): string[] {
  const body: EngineJson = now;
  const names = known.flatMap(({ at, names: told }) => unknownIn(at.length === 0 ? body : valueAt(body, at), told));
  const attached = networksOf(now).flatMap((one) => unknownIn(one, ['Target', 'Aliases']));
  const isolation = valueAt(body, ['TaskTemplate', 'ContainerSpec', 'Isolation']);
  return [...names, ...attached].filter((name) => name !== 'Isolation' || isolation !== 'default');
}
