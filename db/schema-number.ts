import type { Refusal } from './refusal.ts';

/** The number of migrations in db/migrations; the last one writes it to `meta`. A test holds the three together. */
export const schemaNumber = 22;

export const selectSchemaSql = "select value from meta where key = 'schema'";

/** Why a database that others migrate (D1) cannot be used, or null when it has the schema of this code. */
export function schemaRefusal(found: unknown, database: string): Refusal | null {
  const number = Number(found ?? 0);
  if (number === schemaNumber) return null;
  const fields = { code: 'conflict', done: 'Nothing in it was changed.' } as const;
  return number > schemaNumber
    ? {
        ...fields,
        message: `${database} has schema ${number}, which is newer than this version of Flotilla (${schemaNumber}).`,
        next: 'Deploy the newer version.',
      }
    : {
        ...fields,
        message: `${database} has schema ${number}; this version of Flotilla needs ${schemaNumber}.`,
        next: 'Run `wrangler d1 migrations apply`.',
      };
}
