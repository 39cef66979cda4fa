import { afterAll, beforeAll, describe } from 'vitest';
import type { D1Port } from '#db/d1-port.ts';
import { d1Store } from '#db/d1.ts';
import type { Store } from '#db/store.ts';
import { auditContract } from './audit.ts';
import { type D1Harness, startD1 } from './d1-harness.ts';
import { storeContract } from './store.ts';
import type { World } from './world.ts';

let harness: D1Harness;
beforeAll(async () => {
  harness = await startD1(120);
});
afterAll(() => harness.close());

async function worldOver(open: (name: string, port: D1Port) => Store): Promise<World> {
  const { name, port } = await harness.database();
  let store = open(name, port);
  return {
    store,
    async tamper(sql) {
      await port.batch([port.prepare(sql)]);
    },
    async reopen() {
      await store.close();
      store = open(name, port);
      return store;
    },
    close: () => store.close(),
  };
}

describe('the store on D1, called from here', () => {
  const openWorld = () => worldOver((_name, port) => d1Store({ database: port, now: Date.now }));
  storeContract(openWorld);
  auditContract(openWorld);
});

describe('the store on D1, all of it in workerd behind one Durable Object', () => {
  const openWorld = () => worldOver((name) => harness.remoteStore(name));
  storeContract(openWorld);
  auditContract(openWorld, { isFar: true });
});
