import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { type Trace, traceOf } from './canary.ts';

/** The rows of each table, so that it can be told which of them has something; the index of words included. */
export function tablesOf(path: string): Trace[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    const names = z
      .array(z.object({ name: z.string() }))
      .parse(database.prepare("select name from sqlite_master where type = 'table'").all());
    return names.map(({ name }) => {
      const rows = database.prepare(`select * from "${name}"`).raw().all();
      return traceOf(
        `table ${name}`,
        JSON.stringify(rows, (_, value: unknown) => readable(value)),
      );
    });
  } finally {
    database.close();
  }
}

/** A Buffer comes to a replacer as what its `toJSON` gives. */
const blobSchema = z.object({ type: z.literal('Buffer'), data: z.array(z.number()) });
const readable = (value: unknown): unknown => {
  const blob = blobSchema.safeParse(value);
  return blob.success ? Buffer.from(blob.data.data).toString('latin1') : value;
};
