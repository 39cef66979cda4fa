import type { Command } from './command.ts';
import { commands, synonyms } from './commands.ts';
import { likeness } from '../nearest.ts';

const suggestionsMax = 3;

/** Commands that are most like what was said, at most three, of those that the speaker may use. */
export function suggestCommands(said: string, mayUse: (command: Command) => boolean): string[] {
  const names = [...commands.values()].filter(mayUse).flatMap(({ name }) => [name, ...synonymsOf(name)]);
  const first = said.split(' ')[0] ?? '';
  const ranked = names
    .map((name) => ({
      name: synonyms[name] ?? name,
      // The first word may be right and the second missing, or wrong.
      distance: Math.min(likeness(said, name), likeness(first, name), startsLike(first, name)),
    }))
    .filter(({ distance, name }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name));
  return [...new Set(ranked.map(({ name }) => name))].slice(0, suggestionsMax);
}

const synonymsOf = (name: string): string[] =>
  Object.entries(synonyms)
    .filter(([, of]) => of === name)
    .map(([synonym]) => synonym);

const startsLike = (first: string, name: string): number => 0.5 + likeness(first, name.split(' ')[0] ?? '');
