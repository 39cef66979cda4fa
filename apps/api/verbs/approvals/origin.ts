import { and, eq } from 'drizzle-orm';
import type { Origin } from '#core/approval/vote.ts';
import { identities, persons, tokens } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import type { Caller } from '../../http/env.ts';
import { oneOf } from '../../views/one-of.ts';

const personColumns = { personBy: persons.createdBy, personAt: persons.createdAt };

/** Who made the identity that a vote comes by, and the person, and when. */
export async function originOf(read: Reader, { token, subject }: Caller): Promise<Origin> {
  if (subject.kind === 'person' && subject.identity !== 'token')
    return await linkedOrigin(read, token, subject.identity);
  const rows = await read
    .select({ identityBy: tokens.createdBy, identityAt: tokens.createdAt, ...personColumns })
    .from(tokens)
    .innerJoin(persons, eq(persons.id, tokens.person))
    .where(eq(tokens.id, token));
  return oneOf(rows);
}

/** Of an account elsewhere, such as `slack:T0123/U0456`. */
async function linkedOrigin(read: Reader, via: string, kind: 'slack' | 'ci'): Promise<Origin> {
  const externalId = via.slice(kind.length + 1);
  const rows = await read
    .select({ identityBy: identities.createdBy, identityAt: identities.createdAt, ...personColumns })
    .from(identities)
    .innerJoin(persons, eq(persons.id, identities.person))
    .where(and(eq(identities.kind, kind), eq(identities.externalId, externalId)));
  return oneOf(rows);
}
