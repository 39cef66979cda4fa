import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { createClient, unwrap } from '#api/client.ts';
import { listen } from '#api/listen.ts';
import { type RunningApi } from '#api/node.ts';
import { median } from '../tools/statistics.ts';

const script = fileURLToPath(new URL('load.ts', import.meta.url));
const toldSchema = z.object({ perS: z.number(), p99Ms: z.number(), failed: z.number() });
type Told = z.infer<typeof toldSchema>;

export interface Accepts {
  acceptsPerS: number;
  barePerS: number;
  /** Accepts per bare insert, the median of the turns. */
  ratio: number;
  acceptP99Ms: number;
  failed: number;
}

/**
 * Accepts of operations and bare inserts (prepared, autocommit, `synchronous=FULL`), in turns, by the same HTTP server
 * and the same load: 64 connections from a process of its own.
 */
export async function acceptsOf(api: RunningApi, token: string, dataDir: string, turns: number): Promise<Accepts> {
  const bare = new Sqlite(join(dataDir, 'bare.db'));
  bare.pragma('journal_mode = WAL');
  bare.pragma('synchronous = FULL');
  bare.exec('create table rows (id integer primary key, text text not null)');
  const insert = bare.prepare('insert into rows (text) values (?)');
  const server = await listen(
    (request, env) => {
      if (!request.url.endsWith('/bare')) return api.app.fetch(request, Object(env));
      insert.run('a row of a bare insert');
      return Response.json({ ok: true });
    },
    { host: '127.0.0.1', port: 0 },
  );
  const client = createClient({ baseUrl: server.url, token });
  await unwrap(client.v1.hosts.$post({ json: { name: 'h1', address: '10.0.0.1', acceptNew: true } }));
  try {
    const pairs: { accept: Told; floor: Told }[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const floor = await load(`${server.url}/bare`, token);
      pairs.push({ floor, accept: await load(`${server.url}/v1/hosts/h1/probe`, token) });
    }
    return {
      acceptsPerS: median(pairs.map(({ accept }) => accept.perS)),
      barePerS: median(pairs.map(({ floor }) => floor.perS)),
      ratio: median(pairs.map(({ accept, floor }) => accept.perS / floor.perS)),
      acceptP99Ms: median(pairs.map(({ accept }) => accept.p99Ms)),
      failed: pairs.reduce((sum, { accept, floor }) => sum + accept.failed + floor.failed, 0),
    };
  } finally {
    await server.close();
    bare.close();
  }
}

async function load(url: string, token: string): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--url', url, '--token', token]);
  return toldSchema.parse(JSON.parse(stdout));
}
