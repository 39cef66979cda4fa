import { eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { Reader } from '#db/reader.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { hosts } from '#db/schema/index.ts';

/** That a host is there to go through, in the commit. */
export const bastionThere = (read: Reader, { name, via }: { name: string; via: string }): Guard =>
  someRow('the bastion is registered', read.select({ name: hosts.name }).from(hosts).where(eq(hosts.name, via)), () =>
    noBastion(name, via),
  );

const noBastion = (name: string, via: string): AppError =>
  new AppError('not_found', `${name} is to be reached through ${via}, which is not registered`, {
    done: 'Nothing was changed.',
    next: `Register ${via} first with \`flotilla host add\`.`,
    issues: [{ pointer: '/via', message: 'no such host' }],
  });

/** Whether a host that is reached through `via` would be reached through itself, by the bastions of the others. */
export function isThroughItself(
  name: string,
  via: string | null,
  others: ReadonlyMap<string, { via: string | null }>,
): boolean {
  const passed = new Set<string>();
  for (let at = via; at !== null && !passed.has(at); at = others.get(at)?.via ?? null) {
    if (at === name) return true;
    passed.add(at);
  }
  return false;
}
