import { and, asc, eq, isNull } from 'drizzle-orm';
import { systemActor } from '#core/actor.ts';
import { AppError } from '#core/errors.ts';
import { insertInto } from '#db/change.ts';
import { persons, tokens } from '#db/schema/index.ts';
import { timeOf } from './commit.ts';
import type { Deps } from './deps.ts';
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
  const label = 'made at a start';
  await store.commit({
    changes: [
      insertInto(tokens).values({
        id: token.id,
        sha256: await sha256(token.text),
        person: person.id,
        role: 'admin',
        label,
        createdAt: timeOf(nowMs()),
      }),
    ],
    events: [
      {
        action: 'token.created',
        actor: systemActor('start'),
        source: 'system',
        outcome: 'succeeded',
        cluster: null,
        target: { kind: 'token', id: token.id },
        operation: null,
        reason: 'up --new-admin-token',
        details: { person: person.id, role: 'admin', label },
      },
    ],
  });
  return token.text;
}
