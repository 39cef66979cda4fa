import type { InputIssue } from '../errors.ts';
import { isSettled } from './settled.ts';
import type { Spec } from './spec.ts';

/*
 * A rule that holds goes on to hold while all that it looks at stays the very same objects, frozen, as an edit leaves most
 * of a spec. So after an edit only that is looked at which it can have broken.
 */

interface Rule {
  check: (spec: Spec) => InputIssue[];
  /** What it looks at; null where that is each service and container by itself, with what is around them. */
  looksAt: readonly (keyof Spec)[] | null;
}

const around = ['nodes', 'networks', 'volumes', 'secrets', 'configs'] as const;
type Around = (typeof around)[number];

/** A rule over whole sections of a spec, which may be broken at one place by a change at another. */
export const ruleOver = <K extends keyof Spec>(
  looksAt: readonly K[],
  check: (spec: Pick<Spec, K>) => InputIssue[],
): Rule => ({ check, looksAt });

/** A rule that each service and each container keeps or breaks by itself. */
export const ruleOfEach = (check: (spec: Pick<Spec, Around | 'services' | 'containers'>) => InputIssue[]): Rule => ({
  check,
  looksAt: null,
});

/** A spec that was good with each part, and with each section. */
const goodWith = new WeakMap<object, Spec>();

const isSame = (one: Spec, other: Spec, keys: readonly (keyof Spec)[]): boolean =>
  keys.every((key) => one[key] === other[key] && Object.isFrozen(one[key]));

/** Whether all rules hold. */
export function doHold(rules: readonly Rule[], spec: Spec): boolean {
  const services = newIn(spec, 'services', spec.services);
  const containers = newIn(spec, 'containers', spec.containers);
  const changed = { ...spec, services, containers };
  const holds = ({ check, looksAt }: Rule): boolean =>
    looksAt === null ? check(changed).length === 0 : heldBefore(spec, looksAt) || check(spec).length === 0;
  if (!rules.every(holds)) return false;
  for (const one of [...Object.values(spec), ...Object.values(services), ...Object.values(containers)])
    if (typeof one === 'object' && Object.isFrozen(one)) goodWith.set(one, spec);
  return true;
}

function heldBefore(spec: Spec, looksAt: readonly (keyof Spec)[]): boolean {
  return looksAt.some((key) => {
    const section = spec[key];
    const before = typeof section === 'object' ? goodWith.get(section) : undefined;
    return before !== undefined && isSame(before, spec, looksAt);
  });
}

/** The parts of a section that were not good yet with what is around them now. */
function newIn<P extends object>(
  spec: Spec,
  section: 'services' | 'containers',
  parts: Record<string, P>,
): Record<string, P> {
  const isNew = ([name, part]: [string, P]): boolean => {
    const before = goodWith.get(part);
    return before === undefined || !isSettled(part, { section, name }) || !isSame(before, spec, around);
  };
  return Object.fromEntries(Object.entries(parts).filter(isNew));
}
