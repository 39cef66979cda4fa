import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '#db/better-sqlite3.ts';
import { statementOf } from '#db/statement.ts';
import { lastPlannedQuery } from './operation.ts';

test('the plan that was told last is asked of an index, however many other events there are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-operation-'));
  const store = openStore({ path: join(folder, 'flotilla.db'), now: Date.now });
  try {
    const { sql, params } = statementOf(lastPlannedQuery(store.read, 'op_1'));
    const plan = (await store.query(`explain query plan ${sql}`, params)).map((row) => String(row[3]));
    expect(plan).toEqual(['SEARCH operation_events USING INDEX operation_events_planned (operation=?)']);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
