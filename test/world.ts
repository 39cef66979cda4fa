import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '#api/client.ts';
import { type RunningApi, startApi, type StartOptions } from '#api/node.ts';
import { makeToken } from '#api/tokens.ts';
import type { Role } from '#core/actor.ts';
import { newId } from '#core/ids.ts';
import { insertInto } from '#db/change.ts';
import { persons, tokens } from '#db/schema/index.ts';
import { sha256 } from '#db/sha256-node.ts';
import type { Doorbell } from '#db/store.ts';
import { allInto, faultsInto } from './logs.ts';
import { checkedFetch } from './api/checked-fetch.ts';

/** The control plane in this process: its own data folder, its own clock, rings kept in a list. */
export interface World {
  api: RunningApi;
  dataDir: string;
  /** A person who is admin. */
  admin: Client;
  adminToken: string;
  /** Whoever has the workers' token. */
  worker: Client;
  clientOf: (token: string) => Client;
  /** The app's fetch, every answer held against the contract. */
  fetch: (request: Request) => Promise<Response>;
  /** A new person with a role, and his token. */
  tokenFor: (role: Role) => Promise<string>;
  clientFor: (role: Role) => Promise<Client>;
  /** All rings since the start. */
  rings: Doorbell[];
  /** Moves the API's clock on. */
  advance: (ms: number) => void;
  /** Every answer body so far, to look for what must not be in one. */
  answers: string[];
  /** Faults that were logged; one that is left at the end fails the test. */
  log: string[];
  /** Everything that was logged, as JSON. */
  entries: string[];
  close: () => Promise<void>;
}

export async function createWorld(options: Partial<StartOptions> = {}): Promise<World> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'flotilla-test-'));
  const rings: Doorbell[] = [];
  const log: string[] = [];
  const entries: string[] = [];
  const [fault, entry] = [faultsInto(log), allInto(entries)];
  const answers: string[] = [];
  let aheadMs = 0;
  const api = await startApi({
    listen: null,
    osUser: 'ada',
    onRing: (bell) => rings.push(bell),
    nowMs: () => Date.now() + aheadMs,
    // Swept by hand: `world.api.sweep()`.
    sweepMs: 3_600_000,
    tellMs: 3_600_000,
    // Tests knock more often than people do.
    limits: {
      pollMs: 50,
      heartbeatMs: 100,
      recheckMs: 0,
      requestsPerMinute: 1_000_000,
      failedLoginsPerMinute: 1_000_000,
    },
    log: (msg, fields) => {
      fault(msg, fields);
      entry(msg, fields);
    },
    ...options,
    dataDir,
  });
  const fetch = checkedFetch(api.app, answers);
  const clientOf = (token: string): Client => createClient({ baseUrl: 'http://flotilla.test', token, fetch });
  const adminToken = api.adminToken ?? '';
  const tokenFor = (role: Role): Promise<string> => addPerson(api, role);
  return {
    api,
    dataDir,
    admin: clientOf(adminToken),
    adminToken,
    worker: clientOf(api.workerToken),
    clientOf,
    fetch,
    tokenFor,
    clientFor: async (role) => clientOf(await tokenFor(role)),
    rings,
    advance: (ms) => {
      aheadMs += ms;
    },
    answers,
    log,
    entries,
    async close() {
      await api.close();
      rmSync(dataDir, { recursive: true, force: true });
      if (log.length > 0) throw new Error(`The API logged faults:\n${log.join('\n')}`);
    },
  };
}

async function addPerson(api: RunningApi, role: Role): Promise<string> {
  const token = makeToken();
  const createdAt = new Date().toISOString();
  const person = newId('per');
  const name = `${role}-${person.slice(-6)}`;
  const row = { id: token.id, sha256: sha256(token.text), person, role, label: role, createdAt };
  await api.store.commit({
    changes: [insertInto(persons).values({ id: person, name, role, createdAt }), insertInto(tokens).values(row)],
    events: [],
  });
  return token.text;
}
