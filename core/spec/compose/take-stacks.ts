import type { InputIssue } from '../../errors.ts';
import { isMap } from '../../map.ts';
import { pointerOf } from '../../pointer.ts';
import { takeCompose } from './take-compose.ts';
import type { Place } from './take-service.ts';
import type { LeftOut } from './words.ts';

export interface TakenStacks {
  input: unknown;
  leftOut: LeftOut;
  issues: InputIssue[];
  /** Where in the input something stands now, and where it was written. */
  places: Place[];
}

/** A spec that was read, with the Compose files of its stacks in the keys of a spec. */
export function takeStacks(input: unknown): TakenStacks {
  const stacks = isMap(input) ? input['stacks'] : undefined;
  if (!isMap(input) || !isMap(stacks)) return { input, leftOut: {}, issues: [], places: [] };
  const taken = Object.entries(stacks).map(([stack, written]) => {
    const { compose, ...more } = takeCompose(stack, isMap(written) ? written['compose'] : undefined);
    const at = pointerOf(['stacks', stack, 'compose']);
    return { ...more, at, stack, part: isMap(written) && 'compose' in written ? { ...written, compose } : written };
  });
  const told = taken.filter(({ leftOut }) => Object.keys(leftOut).length > 0);
  return {
    input: { ...input, stacks: Object.fromEntries(taken.map(({ stack, part }) => [stack, part])) },
    leftOut: Object.fromEntries(told.map(({ stack, leftOut }) => [stack, leftOut])),
    issues: taken.flatMap(({ at, issues }) =>
      issues.map(({ pointer, message }) => ({ pointer: at + pointer, message })),
    ),
    places: taken.flatMap(({ at, places }) =>
      places.map(({ now, written }) => ({ now: at + now, written: at + written })),
    ),
  };
}

/** The same issues at the keys by which the file has said what they are about. */
export const whereWritten = (issues: readonly InputIssue[], places: readonly Place[]): InputIssue[] =>
  issues.map((issue) => {
    const place = places.find(({ now }) => issue.pointer === now || issue.pointer.startsWith(`${now}/`));
    return place === undefined ? issue : { ...issue, pointer: place.written };
  });
