import { and, eq, isNull } from 'drizzle-orm';
import { deleteFrom, update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { grants, identities, persons, tokens } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { personRow } from '../../views/person.ts';
import { adminLeft } from '../access/last-admin.ts';

/**
 * Removes a person with all identities: his tokens are over at once, what he approved counts no more. His name stays in
 * the record. @throws AppError `not_found`, `conflict` for the last admin
 */
export async function removePerson({ ctx, input }: Call<{ person: string }>): Promise<{ removed: string }> {
  await authorise(ctx, 'person.manage');
  const { store, nowMs } = ctx.deps;
  const { id, name, role } = await personRow(store.read, input.person);
  const at = timeOf(nowMs());
  const there = store.read
    .select({ id: persons.id })
    .from(persons)
    .where(and(eq(persons.id, id), isNull(persons.removedAt)));
  await commit(ctx.deps, {
    expects: [
      someRow('the person is there', there),
      ...(role === 'admin' ? [await adminLeft(ctx, { person: id })] : []),
    ],
    changes: [
      update(persons).set({ removedAt: at }).where(eq(persons.id, id)),
      update(tokens)
        .set({ revokedAt: at })
        .where(and(eq(tokens.person, id), isNull(tokens.revokedAt))),
      update(grants)
        .set({ endedAt: at })
        .where(and(eq(grants.person, id), isNull(grants.endedAt))),
      deleteFrom(identities).where(eq(identities.person, id)),
    ],
    events: [
      recordOf(ctx, {
        action: 'person.removed',
        outcome: 'succeeded',
        target: { kind: 'person', id },
        details: { name, role },
      }),
    ],
  });
  return { removed: name };
}
