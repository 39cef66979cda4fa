import { isMap, mapsIn, valueAt } from '../map.ts';
import { bytesOf, nanoCpusOf, sizeText } from '../spec/amounts.ts';
import type { Deploy, Replacing } from '../spec/deploy.ts';
import { durationText, nanosecondsOf } from '../spec/duration.ts';
import type { EngineJson } from '../step.ts';
import { memberPart, scalarPart } from './parts.ts';
import { type Parts, type ServiceField } from './service-field.ts';

/** A key below `deploy`. */
const field = <T>(
  key: string,
  at: string,
  {
    of,
    write,
    parts,
  }: { of: (deploy: Deploy) => T | undefined; write: (value: T) => unknown; parts: ServiceField['parts'] },
): ServiceField => ({
  key: `deploy.${key}`,
  at: at.split('.'),
  wanted: ({ deploy }) => {
    const value = of(deploy);
    return value === undefined ? undefined : write(value);
  },
  parts,
});

/** An amount, shown as it is asked; 0 is no limit. */
const amountPart =
  (show: (amount: number) => string) =>
  (value: unknown): Parts =>
    typeof value === 'number' && value !== 0 ? { '': show(value) } : {};
const cpus = { write: nanoCpusOf, parts: amountPart((nano) => String(nano / 1e9)) };
const memory = { write: bytesOf, parts: amountPart(sizeText) };
const same = (value: unknown): unknown => value;

/** How a service is deployed: what it may use, and how the swarm restarts, updates and places its tasks. */
export const deployFields: readonly ServiceField[] = [
  field('resources.limits.cpus', 'TaskTemplate.Resources.Limits.NanoCPUs', {
    of: ({ resources }) => resources?.limits?.cpus,
    ...cpus,
  }),
  field('resources.limits.memory', 'TaskTemplate.Resources.Limits.MemoryBytes', {
    of: ({ resources }) => resources?.limits?.memory,
    ...memory,
  }),
  field('resources.limits.pids', 'TaskTemplate.Resources.Limits.Pids', {
    of: ({ resources }) => resources?.limits?.pids,
    write: same,
    parts: scalarPart,
  }),
  field('resources.reservations.cpus', 'TaskTemplate.Resources.Reservations.NanoCPUs', {
    of: ({ resources }) => resources?.reservations?.cpus,
    ...cpus,
  }),
  field('resources.reservations.memory', 'TaskTemplate.Resources.Reservations.MemoryBytes', {
    of: ({ resources }) => resources?.reservations?.memory,
    ...memory,
  }),
  field('restart_policy', 'TaskTemplate.RestartPolicy', {
    of: ({ restart_policy }) => restart_policy,
    write: restartValue,
    parts: restartParts,
  }),
  field('update_config', 'UpdateConfig', {
    of: ({ update_config }) => update_config,
    write: replacingValue,
    parts: replacingParts,
  }),
  field('rollback_config', 'RollbackConfig', {
    of: ({ rollback_config }) => rollback_config,
    write: replacingValue,
    parts: replacingParts,
  }),
  field('placement.max_replicas_per_node', 'TaskTemplate.Placement.MaxReplicas', {
    of: ({ placement }) => placement.max_replicas_per_node,
    write: same,
    parts: amountPart(String),
  }),
  field('placement.preferences', 'TaskTemplate.Placement.Preferences', {
    of: ({ placement }) => placement.preferences,
    write: (all) => all.map(({ spread }) => ({ Spread: { SpreadDescriptor: spread } })),
    parts: spreadPart,
  }),
];

const durationMember = (name: string, text: string | undefined): EngineJson =>
  text === undefined ? {} : { [name]: nanosecondsOf(text) };

function restartValue({ condition, delay, max_attempts, window }: NonNullable<Deploy['restart_policy']>): EngineJson {
  return {
    Condition: condition,
    ...durationMember('Delay', delay),
    ...(max_attempts === undefined ? {} : { MaxAttempts: max_attempts }),
    ...durationMember('Window', window),
  };
}

/** A delay of nothing is not the engine's own, which is 5 s. */
function restartParts(value: unknown): Parts {
  const delay = valueAt(value, ['Delay']);
  return {
    ...memberPart(value, 'Condition', { as: 'condition' }),
    ...(typeof delay === 'number' ? { delay: durationText(delay) } : {}),
    ...memberPart(value, 'MaxAttempts', { as: 'max_attempts' }),
    ...memberPart(value, 'Window', { as: 'window', show: durationText }),
  };
}

function replacingValue({
  parallelism,
  delay,
  monitor,
  max_failure_ratio,
  order,
  failure_action,
}: Replacing): EngineJson {
  return {
    Parallelism: parallelism,
    ...durationMember('Delay', delay),
    ...durationMember('Monitor', monitor),
    MaxFailureRatio: max_failure_ratio,
    Order: order,
    FailureAction: failure_action,
  };
}

function replacingParts(value: unknown): Parts {
  if (!isMap(value)) return {};
  const { Parallelism = 0, FailureAction = 'pause', Order = 'stop-first' } = value;
  return {
    parallelism: String(Parallelism),
    ...memberPart(value, 'Delay', { as: 'delay', show: durationText }),
    ...memberPart(value, 'Monitor', { as: 'monitor', show: durationText }),
    // The swarm keeps it as a number of 32 bits.
    ...memberPart(value, 'MaxFailureRatio', {
      as: 'max_failure_ratio',
      show: (ratio) => String(Number(ratio.toPrecision(6))),
    }),
    order: String(Order),
    failure_action: String(FailureAction),
  };
}

function spreadPart(value: unknown): Parts {
  const spreads = mapsIn(value).flatMap(({ Spread }) => (isMap(Spread) ? String(Spread['SpreadDescriptor']) : []));
  return spreads.length === 0 ? {} : { '': spreads.map((label) => `spread over ${label}`).join(', ') };
}
