import { valueAt } from '../map.ts';
import { ownLabelPrefix } from '../spec/names.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { EngineJson } from '../step.ts';
import { deployFields } from './deploy-fields.ts';
import { heldFields } from './held-fields.ts';
import { isMountOptions, mountParts, mountValues } from './mounts.ts';
import { phrase } from './phrase.ts';
import { runtimeFields } from './runtime-fields.ts';
import { type ServiceField, type Within, withValueAt } from './service-field.ts';

/** `volumes` and `tmpfs` have one place. */
const mountField: ServiceField = {
  key: 'volumes',
  at: ['TaskTemplate', 'ContainerSpec', 'Mounts'],
  wanted: mountValues,
  parts: mountParts,
  isUntold: isMountOptions,
};

/** Every key that a service may leave out. */
const fields: readonly ServiceField[] = [...runtimeFields, mountField, ...deployFields, ...heldFields];

/** On a service: the keys of these that its spec says, so that one which it says no more is taken back. */
export const keysLabel = `${ownLabelPrefix}keys`;

/**
 * The body of `POST /services/create`, or `/update` of the one before, with what the spec says of these keys and without
 * what only the spec before has said.
 */
export function withFields(
  body: EngineJson,
  spec: ServiceSpec,
  { within, now }: { within: Within; now?: EngineJson },
): EngineJson {
  const before = keysSaid(now ?? {});
  const keys = fields.filter((field) => field.wanted(spec, within) !== undefined).map(({ key }) => key);
  const owned = fields.filter((field) => keys.includes(field.key) || before.has(field.key));
  const changed = owned.reduce((now, field) => withValueAt(now, field.at, field.wanted(spec, within)), body);
  return withValueAt(changed, ['Labels', keysLabel], keys.length === 0 ? undefined : keys.sort().join(','));
}

/** What differs in these keys between a service and what its spec asks for, one phrase each. */
export function fieldDifferences(now: EngineJson, spec: ServiceSpec, within: Within): string[] {
  const before = keysSaid(now);
  return fields.flatMap((field) => {
    const wanted = field.wanted(spec, within);
    if (wanted === undefined && !before.has(field.key)) return [];
    const difference = phrase(field, field.parts(valueAt(now, field.at)), field.parts(wanted));
    if (difference !== undefined) return [difference];
    return before.has(field.key) ? [] : [`${field.key}${saidFromNowOn}`];
  });
}

const saidFromNowOn = ' as it is, from now on by the spec';

/** Whether a difference is none in what runs: the service only gets to carry that its spec says the key. */
export const isInLabelsOnly = (difference: string): boolean => difference.endsWith(saidFromNowOn);

/** The keys of these that the spec of a service said, when the body was made. */
export function keysSaid(body: EngineJson): ReadonlySet<string> {
  const label = valueAt(body, ['Labels', keysLabel]);
  return new Set(typeof label === 'string' ? label.split(',') : []);
}
