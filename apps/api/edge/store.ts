import { d1Query } from '#db/d1-port.ts';
import { storeOver } from '#db/store-over.ts';
import type { Store } from '#db/store.ts';
import type { WriteResult } from '#db/write.ts';
import type { Env } from './env.ts';

/** Reads from D1 where the request is, writes through the one writer. */
export const edgeStore = ({ DB, WRITER }: Env): Store =>
  storeOver({
    query: d1Query(DB),
    async write(unit) {
      const writer = WRITER.get(WRITER.idFromName('writer'));
      const response = await writer.fetch('http://writer/', { method: 'POST', body: JSON.stringify(unit) });
      if (!response.ok) throw new Error(`The writer answered ${response.status}.`);
      return await response.json<WriteResult>();
    },
    close: async () => {},
  });
