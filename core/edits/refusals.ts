import { AppError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { naturally } from '../natural-order.ts';

const nothing = { done: 'Nothing was changed.' };

/** @throws AppError already_exists when the spec has one of that name. */
export function mustBeNew(what: string, name: string, existing: Readonly<Record<string, unknown>>): void {
  if (!Object.hasOwn(existing, name)) return;
  throw new AppError('already_exists', `The ${what} ${name} is in the spec already.`, {
    ...nothing,
    next: insteadOf[what]?.(name) ?? `Choose another name, or change the existing ${what}.`,
  });
}

/** What changes one that is there; networks and containers are only made anew. */
const insteadOf: Readonly<Record<string, (name: string) => string>> = {
  network: (name) =>
    `Choose another name. A network is not changed, only made anew: \`flotilla network rm ${name}\` first.`,
  service: (name) => `Choose another name, or change it: \`flotilla service update ${name}\`.`,
  container: (name) => `Choose another name, or make it anew: \`flotilla container rm ${name}\` first.`,
  node: (name) => `Change it: \`flotilla node set ${name}\`.`,
};

/** The one of that name. @throws AppError not_found, with the nearest name. */
export function mustExist<T>(what: string, name: string, existing: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(existing, name) ? existing[name] : undefined;
  if (found !== undefined) return found;
  throw new AppError(
    'not_found',
    `The spec has no ${what} ${name}${didYouMean(name, Object.keys(existing))}`.replace(/([^?])$/, '$1.'),
    { ...nothing, next: thereAre(Object.keys(existing)) },
  );
}

const namedMax = 10;

function thereAre(names: readonly string[]): string {
  if (names.length === 0) return 'There is none yet: make one first.';
  const more = names.length > namedMax ? ', …' : '';
  return `Name one that is there: ${names.toSorted(naturally).slice(0, namedMax).join(', ')}${more}.`;
}

/** The refusal of what would leave the spec in contradiction. */
export const inConflict = (message: string, next: string): AppError =>
  new AppError('conflict', message, { ...nothing, next });

/** The map without one of its members. */
export function without<T>(map: Readonly<Record<string, T>>, ...names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}
