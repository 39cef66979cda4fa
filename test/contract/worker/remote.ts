import { storeOver } from '#db/store-over.ts';
import type { Store } from '#db/store.ts';
import type { WriteResult } from '#db/write.ts';

type Fetch = (
  path: string,
  init: { method: string; body: string },
) => Promise<{ ok: boolean; text(): Promise<string> }>;

/** A store whose writer and reader are worker.ts in workerd. */
export function remoteStore(fetch: Fetch, database: string): Store {
  async function post<T>(action: string, body: unknown): Promise<T> {
    const response = await fetch(`/${action}/${database}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    // worker.ts answers what the types of the store say.
    return JSON.parse(text) as T;
  }
  return storeOver({
    query: (sql, params) => post<unknown[][]>('query', { sql, params }),
    write: (unit) => post<WriteResult>('write', unit),
    close: () => Promise.resolve(),
  });
}
