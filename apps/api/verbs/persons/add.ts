import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { addPersonSchema, PersonView } from '#core/access/contract.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { insertInto } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { persons } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { personOf, type Call } from '../../http/env.ts';
import { personView } from './show.ts';

/** A person without any token yet. @throws AppError `already_exists` */
export async function addPerson({ ctx, input }: Call<z.output<typeof addPersonSchema>>): Promise<PersonView> {
  await authorise(ctx, 'person.manage');
  const { store, nowMs } = ctx.deps;
  const id = newId('per', nowMs());
  const { name, role } = input;
  const known = store.read
    .select({ id: persons.id })
    .from(persons)
    .where(and(eq(persons.name, name), isNull(persons.removedAt)));
  await commit(ctx.deps, {
    expects: [noRow('nobody has that name', known, () => alreadyThere(name))],
    changes: [
      insertInto(persons).values({ id, name, role, createdAt: timeOf(nowMs()), createdBy: personOf(ctx.caller) }),
    ],
    events: [
      recordOf(ctx, {
        action: 'person.created',
        outcome: 'succeeded',
        target: { kind: 'person', id },
        details: { name, role },
      }),
    ],
  });
  return await personView(ctx, id);
}

const alreadyThere = (name: string): AppError =>
  new AppError('already_exists', `There is a person ${name} already`, {
    done: 'Nothing was changed.',
    next: 'One person has one entry, however many tokens and other identities he has.',
  });
