import type { z } from 'zod';
import type { healthSchema } from '#core/wire.ts';
import { textOfFault } from '#core/audit/faults.ts';
import { failureOf } from '#db/failure.ts';
import { schemaRefusal, selectSchemaSql } from '#db/schema-number.ts';
import type { Deps } from './deps.ts';

/** What the app can do now. Tells nothing that a stranger should not know: health is asked for without a token. */
export async function health({ store, dispatch, version, record, room }: Deps): Promise<z.infer<typeof healthSchema>> {
  const missing: string[] = [];
  const database = (await databaseFault(store)) ?? (await room?.()) ?? null;
  if (database !== null) missing.push(database);
  const { fault = null } = (await record?.state()) ?? {};
  if (fault !== null) missing.push(`the record (${textOfFault(fault.kind)})`);
  const waiting = dispatch.away === null ? [] : [dispatch.away];
  return { ok: missing.length === 0, version, missing, waiting, lostRings: dispatch.failures };
}

/** Why the database cannot be used: it is away, or has another schema than this code. */
async function databaseFault({ query }: Deps['store']): Promise<string | null> {
  try {
    const [row] = await query(selectSchemaSql, []);
    const refusal = schemaRefusal(row?.[0], 'The database');
    return refusal === null ? null : `the database (${refusal.message} ${refusal.next})`;
  } catch (error) {
    const failure = failureOf(error, 'The database');
    return failure.kind === 'refused'
      ? `the database (${failure.refusal.message} ${failure.refusal.next})`
      : 'the database';
  }
}
