import { isMap, valueAt } from '../map.ts';
import { durationText } from '../spec/duration.ts';
import { type Parts } from './service-field.ts';

/* How values of the Engine API are read for comparison: engines leave out what is nothing, or write it as such. */

const only = (text: string): Parts => (text === '' ? {} : { '': text });

/** A text or a number as it is. */
export const scalarPart = (value: unknown): Parts =>
  typeof value === 'string' || typeof value === 'number' ? only(String(value)) : {};

/** Nothing at all is false. */
export const flagPart = (value: unknown): Parts => (value === true ? only('true') : {});

/** Nothing at all is the engine's own choice, which is neither. */
export const choicePart = (value: unknown): Parts => (typeof value === 'boolean' ? only(String(value)) : {});

export const durationPart = (value: unknown): Parts => (typeof value === 'number' ? only(durationText(value)) : {});

export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** A list whose order means something. */
export const listPart = (value: unknown): Parts => only(textsOf(value).join(', '));

/** A list whose order means nothing. */
export const setPart =
  (read: (item: string) => string | string[] = (item) => item) =>
  (value: unknown): Parts =>
    only([...new Set(textsOf(value).flatMap(read))].sort().join(', '));

/** A map of texts, each name a part. */
export const mapParts = (value: unknown): Parts =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)])) : {};

/** A member that is a text or a number other than 0, shown as it is asked. */
export const memberPart = (
  value: unknown,
  name: string,
  { as, show = String }: { as: string; show?: (amount: number) => string },
): Parts => {
  const member = valueAt(value, [name]);
  if (typeof member === 'string' && member !== '') return { [as]: member };
  return typeof member === 'number' && member !== 0 ? { [as]: show(member) } : {};
};
