import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { PersonView, setRoleSchema } from '#core/access/contract.ts';
import { update } from '#db/change.ts';
import { someRow } from '#db/guard.ts';
import { persons } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordKept, recordOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { personRow } from '../../views/person.ts';
import { adminLeft } from '../access/last-admin.ts';
import { personView } from './show.ts';

export type SetRole = z.output<typeof setRoleSchema> & { person: string };

/**
 * Changes the most that a person may do, at once: also what he has approved and nobody has used yet counts no more when
 * he may not approve any more. @throws AppError `not_found`, `conflict` for the last admin
 */
export async function setRole({ ctx, input }: Call<SetRole>): Promise<PersonView> {
  await authorise(ctx, 'person.manage');
  const { read } = ctx.deps.store;
  const row = await personRow(read, input.person);
  const { role, reason } = input;
  if (row.role === role) {
    await recordKept(ctx, 'person.role-kept', { kind: 'person', id: row.id });
    return await personView(ctx, row.id);
  }
  const asSeen = read
    .select({ id: persons.id })
    .from(persons)
    .where(and(eq(persons.id, row.id), eq(persons.role, row.role)));
  await commit(ctx.deps, {
    expects: [
      someRow('the role is as it was seen', asSeen),
      ...(row.role === 'admin' ? [await adminLeft(ctx, { person: row.id })] : []),
    ],
    changes: [update(persons).set({ role }).where(eq(persons.id, row.id))],
    events: [
      recordOf(ctx, {
        action: 'person.role-changed',
        outcome: 'succeeded',
        target: { kind: 'person', id: row.id },
        reason,
        details: { name: row.name, from: row.role, to: role },
      }),
    ],
  });
  return await personView(ctx, row.id);
}
