import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '#db/better-sqlite3.ts';
import { statementOf } from '#db/statement.ts';
import { firstDeliveryQuery } from './first-delivery.ts';

test('whether a delivery is a repeat is asked of two indexes, however many there are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-delivery-'));
  const store = openStore({ path: join(folder, 'flotilla.db'), now: Date.now });
  try {
    const incoming = { source: 'whk_1', senderId: 'a', bodySha256: 'b' };
    const { sql, params } = statementOf(firstDeliveryQuery(store.read, incoming));
    const plan = (await store.query(`explain query plan ${sql}`, params)).map((row) => String(row[3])).join('\n');
    expect(plan).toContain('USING INDEX webhook_deliveries_body (source=? AND body_sha256=?)');
    expect(plan).toContain('USING INDEX webhook_deliveries_sender_id (source=? AND sender_id=?)');
    expect(plan).not.toContain('SCAN');
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
