import { isSameJson } from '../canonical.ts';
import { isImageAsAsked } from '../engine/image-name.ts';
import { phrase } from '../engine/phrase.ts';
import type { Parts } from '../engine/service-field.ts';
import type { StandingFacts } from '../observation.ts';
import { type ContainerSpec, containerSchema } from '../spec/service.ts';
import type { Spec } from '../spec/spec.ts';
import { asSpec } from './container.ts';
import { containerLook, isNameOnly } from './container-look.ts';

/** What a container that runs has that its spec does not say, and the other way round; or why no spec can say it. */
export type Compared = { kind: 'compared'; differences: string[] } | { kind: 'unsayable'; why: string };

/**
 * Compares what a container was asked to be with what a spec asks for, as if it were made anew of that spec: what neither
 * says is as in the image. One phrase for each key, without values that may be secrets.
 */
export function compareContainer(facts: StandingFacts, spec: ContainerSpec, volumes: Spec['volumes']): Compared {
  const asked = asSpec(spec.host, facts);
  if (asked.kind === 'untold') return { kind: 'unsayable', why: asked.why };
  const now = containerSchema.safeParse(asked.container);
  if (!now.success) {
    const [issue] = now.error.issues;
    return { kind: 'unsayable', why: `it has ${(issue?.path ?? []).join('.')} in another form` };
  }
  const had = containerLook(now.data, facts, driversIn(asked.volumes));
  const wants = containerLook(spec, facts, driversIn(volumes ?? {}));
  const others = Object.keys(wants).flatMap((key) => difference(key, had[key] ?? {}, wants[key] ?? {}));
  const image = isImageAsAsked(now.data.image, spec.image) ? [] : [`image ${now.data.image} → ${spec.image}`];
  return { kind: 'compared', differences: [...image, ...others] };
}

function difference(key: string, now: Parts, wanted: Parts): string[] {
  if (isSameJson(now, wanted)) return [];
  const told = phrase({ key, isUntold: (part) => isNameOnly(key, part) }, now, wanted);
  return told === undefined ? [] : [told];
}

/** An engine tells of a volume that is mounted no more than its driver, and one that is there stays as it is. */
const driversIn = (volumes: Readonly<Record<string, { driver?: unknown }>>): NonNullable<Spec['volumes']> =>
  Object.fromEntries(
    Object.entries(volumes).map(([name, { driver }]) => [name, typeof driver === 'string' ? { driver } : {}]),
  );
