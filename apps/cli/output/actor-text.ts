import type { Actor } from '#core/actor.ts';

/** In tables: the name alone. */
export const actorName = (actor: Actor): string => (actor.kind === 'worker' ? `worker ${actor.name}` : actor.name);

/** `Ada (token:…)`, `ci (github)`: who acted, in a few words. */
export function actorText(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.via === '' ? actor.name : `${actor.name} (${actor.via})`;
    case 'ci':
      return `${actor.name} (${actor.source})`;
    case 'worker':
      return `worker ${actor.name}`;
    case 'schedule':
      return `schedule ${actor.name}`;
    case 'system':
      return `system (${actor.name})`;
  }
}
