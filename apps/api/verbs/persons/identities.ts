import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import type { linkSchema, PersonView } from '#core/access/contract.ts';
import { AppError } from '#core/errors.ts';
import { deleteFrom, insertInto } from '#db/change.ts';
import { noRow, someRow } from '#db/guard.ts';
import { identities } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import { personOf, type Call, type Context } from '../../http/env.ts';
import { personRow, type PersonRow } from '../../views/person.ts';
import { personView } from './show.ts';

export type Link = z.output<typeof linkSchema> & { person: string };

/** Says that an account elsewhere is this person. @throws AppError `not_found`, `already_exists` */
export async function linkIdentity({ ctx, input }: Call<Link>): Promise<PersonView> {
  const row = await managed(ctx, input);
  const { kind, externalId } = input;
  await commit(ctx.deps, {
    expects: [noRow('it is nobody yet', known(ctx, input), () => taken(input))],
    changes: [
      insertInto(identities).values({
        kind,
        externalId,
        person: row.id,
        createdAt: timeOf(ctx.deps.nowMs()),
        createdBy: personOf(ctx.caller),
      }),
    ],
    events: [recordOf(ctx, { action: 'identity.linked', ...aboutIt(row, input) })],
  });
  return await personView(ctx, row.id);
}

/** Says that an account elsewhere is this person no more. @throws AppError `not_found` */
export async function unlinkIdentity({ ctx, input }: Call<Link>): Promise<PersonView> {
  const row = await managed(ctx, input);
  const { kind, externalId } = input;
  const isIt = and(eq(identities.kind, kind), eq(identities.externalId, externalId), eq(identities.person, row.id));
  const his = ctx.deps.store.read.select({ kind: identities.kind }).from(identities).where(isIt);
  await commit(ctx.deps, {
    expects: [
      someRow(
        'it is his',
        his,
        () =>
          new AppError('not_found', `${row.name} is not known as ${kind} ${externalId}`, {
            done: 'Nothing was changed.',
          }),
      ),
    ],
    changes: [deleteFrom(identities).where(isIt)],
    events: [recordOf(ctx, { action: 'identity.unlinked', ...aboutIt(row, input) })],
  });
  return await personView(ctx, row.id);
}

async function managed(ctx: Context, { person }: Link): Promise<PersonRow> {
  await authorise(ctx, 'person.manage');
  return await personRow(ctx.deps.store.read, person);
}

const aboutIt = ({ id, name }: PersonRow, { kind, externalId }: Link) =>
  ({
    outcome: 'succeeded',
    target: { kind: 'person', id },
    details: { name, kind, externalId },
  }) as const;

const known = ({ deps }: Context, { kind, externalId }: Link) =>
  deps.store.read
    .select({ person: identities.person })
    .from(identities)
    .where(and(eq(identities.kind, kind), eq(identities.externalId, externalId)));

const taken = ({ kind, externalId }: Link): AppError =>
  new AppError('already_exists', `${kind} ${externalId} is a person already`, {
    done: 'Nothing was changed.',
    next: 'An account is one person: look for it in `flotilla person ls -o json`, and unlink it there first.',
  });
