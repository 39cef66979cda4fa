import { AppError } from '#core/errors.ts';
import { didYouMean } from '#core/nearest.ts';
import { naturally } from '#core/natural-order.ts';
import type { Found } from './service-sources.ts';

interface Named {
  name: string;
  host: string | null;
  task: string | null;
}

/** An id may be said by its beginning, as Docker shows it. */
const idLengthMin = 4;

/**
 * One task by what people see of it: `web.1` (with those that were in its place before), `1`, `web.1@h2`, its id or the
 * beginning of it, `web.1.<id>`. @throws AppError `not_found`
 */
export function pickTask(found: Found, { name, task: said }: { name: string; task: string | null }): Found {
  if (said === null) return found;
  const isMeant = (one: Named): boolean => isCalled(one, said) || isCalled(one, `${name}.${said}`);
  const sources = found.sources.filter(isMeant);
  // What is not known of any task is not known of this one either.
  const unseen = found.unseen.filter((one) => one.task === null || isMeant(one));
  if (sources.length > 0 || unseen.length > 0) return { ...found, sources, unseen };
  const names = [...new Set([...found.sources, ...found.unseen].map((one) => one.name))];
  throw new AppError('not_found', `The service ${name} has no task ${said}${didYouMean(said, names)}`, {
    done: 'Nothing was changed.',
    next: `It has: ${names.toSorted(naturally).join(', ')}.`,
  });
}

function isCalled({ name, host, task }: Named, said: string): boolean {
  if (said === name || said === `${name}@${host ?? ''}` || name.startsWith(`${said}.`)) return true;
  if (task === null) return false;
  const id = said.startsWith(`${name}.`) ? said.slice(name.length + 1) : said;
  return id.length >= idLengthMin && task.startsWith(id);
}
