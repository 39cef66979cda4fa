import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe } from 'vitest';
import { openStore } from '#db/better-sqlite3.ts';
import { auditContract } from './audit.ts';
import { storeContract } from './store.ts';
import type { World } from './world.ts';

async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-store-'));
  const path = join(folder, 'data', 'flotilla.db');
  let store = openStore({ path, now: Date.now });
  return {
    store,
    async tamper(sql) {
      const database = new Sqlite(path);
      try {
        database.exec(sql);
      } finally {
        database.close();
      }
    },
    async reopen() {
      await store.close();
      store = openStore({ path, now: Date.now });
      return store;
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describe('the store on better-sqlite3', () => {
  storeContract(openWorld);
  auditContract(openWorld);
});
