import { d1Query } from '#db/d1-port.ts';
import { storeOver } from '#db/store-over.ts';
import type { Store } from '#db/store.ts';
import type { WriteResult } from '#db/write.ts';
import type { Env } from './env.ts';
import { askWriter } from './record.ts';

/** Reads from D1 where the request is, writes through the one writer. */
export const edgeStore = (env: Env): Store =>
  storeOver({
    query: d1Query(env.DB),
    async write(unit) {
      return await (await askWriter(env, '/', JSON.stringify(unit))).json<WriteResult>();
    },
    close: async () => {},
  });
