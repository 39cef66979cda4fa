import { eq } from 'drizzle-orm';
import type { PersonView } from '#core/access/contract.ts';
import { persons } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { oneOf } from '../../views/one-of.ts';
import { personRow } from '../../views/person.ts';
import { personViews } from './list.ts';

/** @throws AppError `not_found` */
export async function showPerson({ ctx, input }: Call<{ person: string }>): Promise<PersonView> {
  await authorise(ctx, 'access.read');
  const { id } = await personRow(ctx.deps.store.read, input.person);
  return await personView(ctx, id);
}

export const personView = async (ctx: Context, id: string): Promise<PersonView> =>
  oneOf(await personViews(ctx, eq(persons.id, id)));
