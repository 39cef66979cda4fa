import { and, asc, eq, isNull } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { insertInto } from '#db/change.ts';
import { persons, tokens } from '#db/schema/index.ts';
import type { Deps } from './deps.ts';
import { tokenRow, startEvent } from './start-record.ts';
import { makeToken } from './tokens.ts';

/**
 * One more token of an administrator, for whoever owns the data folder and has lost all of them: of the one with this
 * name, else of the first there was. Tokens that are good stay good. @throws AppError `not_found`
 */
export async function anotherAdminToken(
  { store, nowMs, sha256 }: Pick<Deps, 'store' | 'nowMs' | 'sha256'>,
  name: string,
  keep: (token: string) => void = () => {},
): Promise<string> {
  const admins = await store.read
    .select({ id: persons.id, name: persons.name })
    .from(persons)
    .where(and(eq(persons.role, 'admin'), isNull(persons.removedAt)))
    .orderBy(asc(persons.createdAt));
  const person = admins.find((admin) => admin.name === name) ?? admins[0];
  if (person === undefined) throw new AppError('not_found', 'Nobody has the role admin', { done: 'Nothing was made.' });
  const token = makeToken();
  keep(token.text);
  const row = { person: person.id, role: 'admin', label: 'made at a start' } as const;
  await store.commit({
    changes: [insertInto(tokens).values(await tokenRow({ nowMs, sha256 }, token, row))],
    events: [startEvent('token.created', { kind: 'token', id: token.id }, row, 'up --new-admin-token')],
  });
  return token.text;
}
