import type { InputIssue } from '../../errors.ts';
import { without } from '../../map.ts';
import { pointerOf } from '../../pointer.ts';
import type { Fate, Found, Json } from './fate.ts';
import { takeInner } from './inner-keys.ts';
import { serviceKeys } from './service-keys.ts';

/** A place of what is read, and the place in the file that has said it. */
export interface Place {
  now: string;
  written: string;
}

export interface TakenService {
  service: Json;
  leftOut: string[];
  issues: InputIssue[];
  places: Place[];
}

/** A service of a Compose file in the keys of a spec. Pointers begin at the service. */
export function takeService({ service, ...found }: Found): TakenService {
  const own = withoutExtensions(service);
  const { service: plain, leftOut } = takeInner(own);
  const start: TakenService = { service: plain, leftOut, issues: [], places: [] };
  return Object.entries(serviceKeys)
    .filter(([key]) => key in plain)
    .reduce((taken, [key, { rule }]) => {
      const rest = without(taken.service, key);
      return after(taken, { key, rest, fate: rule(plain[key], { ...found, service: rest }) });
    }, start);
}

/** `x-…` is for the writer's own use (Compose). */
export const withoutExtensions = (map: Json): Json =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !key.startsWith('x-')));

interface Ruled {
  key: string;
  rest: Json;
  fate: Fate;
}

function after(taken: TakenService, { key, rest, fate }: Ruled): TakenService {
  const written = pointerOf([key]);
  switch (fate.kind) {
    case 'as-it-is':
      return { ...taken, service: rest };
    case 'left-out':
      return { ...taken, service: fate.service ?? rest, leftOut: [...taken.leftOut, fate.word ?? key] };
    case 'becomes':
      return { ...taken, service: fate.service, places: [...taken.places, { now: pointerOf(fate.at), written }] };
    case 'refused':
      return { ...taken, service: rest, issues: [...taken.issues, { pointer: written, message: fate.message }] };
    case 'not-taken':
      return taken;
  }
}
