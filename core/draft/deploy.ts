import type { ObservedService } from '../engine/observed-service.ts';
import { isMap, mapsIn, valueAt } from '../map.ts';
import { sizeText } from '../spec/amounts.ts';
import { durationText } from '../spec/duration.ts';
import type { EngineJson } from '../step.ts';
import { userLabels } from '../plan/node-labels.ts';
import { isNothing, said, saidByName, saidOf } from './said.ts';

/** `deploy` of a service that runs. */
export function draftDeploy(now: ObservedService): EngineJson {
  const replicas = now.Mode.Replicated?.Replicas;
  const { Constraints, ...placement } = now.TaskTemplate.Placement;
  return {
    ...(now.Mode.Global === undefined ? {} : { mode: 'global' }),
    ...(replicas === undefined || replicas === 1 ? {} : { replicas }),
    ...(now.EndpointSpec.Mode === 'dnsrr' ? { endpoint_mode: 'dnsrr' } : {}),
    ...saidByName('labels', userLabels(now.Labels)),
    ...said('placement', {
      ...said('constraints', Constraints),
      ...said('preferences', spreads(placement['Preferences'])),
      ...said('max_replicas_per_node', placement['MaxReplicas']),
    }),
    ...said('resources', { ...limits(now.TaskTemplate['Resources']) }),
    ...restartPolicy(now.TaskTemplate['RestartPolicy']),
    ...replacing('update_config', now['UpdateConfig']),
    ...replacing('rollback_config', now['RollbackConfig']),
  };
}

const spreads = (value: unknown): EngineJson[] =>
  mapsIn(value).flatMap(({ Spread }) => (isMap(Spread) ? [{ spread: Spread['SpreadDescriptor'] }] : []));

function limits(value: unknown): EngineJson {
  const amounts = (of: string): EngineJson => ({
    ...saidOf('cpus', valueAt(value, [of, 'NanoCPUs']), (nano) => String(nano / 1e9)),
    ...saidOf('memory', valueAt(value, [of, 'MemoryBytes']), sizeText),
    ...said('pids', valueAt(value, [of, 'Pids'])),
  });
  return { ...said('limits', amounts('Limits')), ...said('reservations', amounts('Reservations')) };
}

/** What Docker's own command line writes on every service is what holds anyway, and is not repeated. */
function restartPolicy(value: unknown): EngineJson {
  if (!isMap(value)) return {};
  const { Condition = 'any', Delay, MaxAttempts, Window } = value;
  const isDefault = Condition === 'any' && Delay === 5e9 && isNothing(MaxAttempts) && isNothing(Window);
  if (isDefault) return {};
  return {
    restart_policy: {
      condition: Condition,
      ...(typeof Delay === 'number' ? { delay: durationText(Delay) } : {}),
      ...said('max_attempts', MaxAttempts),
      ...saidOf('window', Window, durationText),
    },
  };
}

function replacing(key: string, value: unknown): EngineJson {
  if (!isMap(value)) return {};
  const { Parallelism = 0, Delay, Monitor, MaxFailureRatio, Order, FailureAction } = value;
  const action = isNothing(FailureAction) ? 'pause' : FailureAction;
  const isDefault =
    Parallelism === 1 && isNothing(Delay) && Monitor === 5e9 && isNothing(MaxFailureRatio) && action === 'pause';
  if (key === 'rollback_config' && isDefault && Order !== 'start-first') return {};
  return {
    [key]: {
      parallelism: Parallelism,
      ...saidOf('delay', Delay, durationText),
      ...saidOf('monitor', Monitor, durationText),
      ...saidOf('max_failure_ratio', MaxFailureRatio, (ratio) => Number(ratio.toPrecision(6))),
      ...said('order', Order),
      failure_action: action,
    },
  };
}
