import { isMap } from '../map.ts';
import type { Spec } from './spec.ts';

/*
 * An edit leaves most of a spec as it is: the very same objects. A part (a service, a network) that is frozen, and was read
 * before as what it says already, would only be read so again. It is left out when a spec is read, and put back then.
 */

const sections = ['nodes', 'networks', 'volumes', 'services', 'containers', 'secrets', 'configs'] as const;
/** Sections without names in them: they are read anew, being short, and stay the same objects. */
const singles = ['swarm', 'verify'] as const;
type Parts = Record<string, unknown>;

interface Place {
  section: (typeof sections | typeof singles)[number];
  name: string;
}

/** Parts that are settled, each where it was read: another section has other keys, and a name may be a wrong one. */
const settled = new WeakMap<object, Place>();

/** Whether a part was read there as what it says. */
export function isSettled(part: unknown, { section, name }: Place): boolean {
  const place = isMap(part) ? settled.get(part) : undefined;
  return place?.section === section && place.name === name;
}

/** The input without what is settled; the very same where nothing is. */
export function withoutSettled(input: unknown): unknown {
  if (!isMap(input)) return input;
  const rest = { ...input };
  let isLess = false;
  for (const [section, parts] of sectionsOf(input)) {
    const others = Object.entries(parts).filter(([name, part]) => !isSettled(part, { section, name }));
    if (others.length === Object.keys(parts).length) continue;
    rest[section] = Object.fromEntries(others);
    isLess = true;
  }
  return isLess ? rest : input;
}

/** What was read of the input, with what is settled in its place. What has just been seen to be read as it is, is so too. */
export function withSettled(read: Spec, input: unknown): Spec {
  if (!isMap(input)) return read;
  const whole: Parts = { ...read };
  for (const section of singles) whole[section] = settledOr(read[section], input[section], { section, name: '' });
  for (const [section, parts] of sectionsOf(input)) {
    const after = Object.entries(parts).map(([name, part]): [string, unknown] => [
      name,
      settledOr(read[section]?.[name], part, { section, name }),
    ]);
    const isAllThere = Object.isFrozen(parts) && after.every(([name, part]) => part === parts[name]);
    whole[section] = isAllThere ? parts : Object.fromEntries(after);
  }
  return asRead(whole);
}

const sectionsOf = (input: Parts): [(typeof sections)[number], Parts][] =>
  sections.flatMap((section) => {
    const parts = input[section];
    return isMap(parts) ? [[section, parts]] : [];
  });

/** The part itself where it is settled, else what it was read as; frozen and the same text, it is settled from now on. */
function settledOr(read: unknown, part: unknown, place: Place): unknown {
  // In one place for good; compared with the order of its keys, which is not to be lost either.
  if (isMap(part) && !settled.has(part) && isFrozen(part) && JSON.stringify(part) === JSON.stringify(read))
    settled.set(part, place);
  return isSettled(part, place) ? part : read;
}

const isFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));

/** The cast is safe: what is put in the place of what was read says the same. */
const asRead = (whole: Parts): Spec => whole as Spec;
