import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import type { D1Port } from '#db/d1-port.ts';
import type { Store } from '#db/store.ts';
import { remoteStore } from './worker/remote.ts';

export interface D1Harness {
  /** A fresh database, migrated by wrangler unless told not to. */
  database(options?: { migrate: boolean }): Promise<{ name: string; port: D1Port }>;
  /** Applies wrangler's migrations to a database again. */
  migrate(name: string): Promise<void>;
  /** A store whose commits run in workerd, all in one Durable Object for a database. */
  remoteStore(name: string): Store;
  close(): Promise<void>;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Real workerd with `count` local D1 databases; `database()` gives out one after the other. */
export async function startD1(count: number): Promise<D1Harness> {
  const names = Array.from({ length: count }, (_, index) => `DB${index}`);
  const server = createTestHarness({
    workers: [
      {
        config: {
          name: 'store-contract',
          main: here('worker/worker.ts'),
          compatibility_date: '2026-08-04',
          d1_databases: names.map((name) => ({
            binding: name,
            database_name: name,
            database_id: name,
            migrations_dir: here('../../db/migrations'),
          })),
          durable_objects: { bindings: [{ name: 'WRITER', class_name: 'Writer' }] },
          migrations: [{ tag: 'v1', new_sqlite_classes: ['Writer'] }],
        },
      },
    ],
  });
  await server.listen();
  const worker = server.getWorker<Record<string, D1Port>>();
  const env = await worker.getEnv();
  const unused = names.values();
  return {
    async database({ migrate } = { migrate: true }) {
      const { value: name, done } = unused.next();
      const port = name === undefined ? undefined : env[name];
      if (done === true || port === undefined) throw new Error(`The harness was started for ${count} databases only.`);
      if (migrate) await worker.applyD1Migrations(name);
      return { name, port };
    },
    migrate: (name) => worker.applyD1Migrations(name),
    remoteStore: (name) => remoteStore((path, init) => server.fetch(path, init), name),
    close: () => server.close(),
  };
}
