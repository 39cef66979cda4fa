import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { createClient, unwrap } from '#api/client.ts';
import { listen } from '#api/listen.ts';
import type { RunningApi } from '#api/node.ts';
import { cluster } from '#test/api/demo.ts';
import { demoApplied } from '#test/api/hooks.ts';
import type { Bench } from './bench.ts';
import { startBenchApi } from './tools/start-api.ts';
import { median, rounded } from './tools/statistics.ts';

const settings = { turns: { type: 'string', default: '5' }, seconds: { type: 'string', default: '3' } } as const;

const script = fileURLToPath(new URL('webhooks/load.ts', import.meta.url));
const toldSchema = z.object({ perS: z.number(), p99Ms: z.number(), failed: z.number() });
type Told = z.infer<typeof toldSchema>;

/**
 * Signed webhooks that each make an operation, and that no rule wants, against a handler of the same HTTP server that
 * does one prepared autocommit insert with `synchronous=FULL`; in turns, the same load of 64 connections for all.
 */
export const webhooks: Bench = async (args, { say, signal }) => {
  const { values } = parseArgs({ args, options: settings });
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-bench-webhooks-'));
  const limits = { requestsPerMinute: 100_000_000, hooksPerMinute: 100_000_000 };
  const api = await startBenchApi({ dataDir, limits });
  const bare = bareOf(dataDir);
  const server = await listen(
    (request, env) => (request.url.endsWith('/bare') ? bare.handle() : api.app.fetch(request, Object(env))),
    { host: '127.0.0.1', port: 0 },
  );
  try {
    const { path, secret } = await sourceOf(api);
    const load = (to: string, event: string) =>
      loaded(['--url', server.url + to, '--secret', secret, '--event', event, '--seconds', values.seconds]);
    const rounds: { floor: Told; accepted: Told; ignored: Told }[] = [];
    for (let turn = 0; turn < Number(values.turns); turn += 1) {
      signal.throwIfAborted();
      const floor = await load('/bare', 'image');
      const accepted = await load(path, 'image');
      const ignored = await load(path, 'nothing');
      say(`bare ${perS(floor)}/s, webhooks ${perS(accepted)}/s, that no rule wants ${perS(ignored)}/s`);
      rounds.push({ floor, accepted, ignored });
    }
    const failed = rounds.flatMap((round) => Object.values(round)).reduce((sum, one) => sum + one.failed, 0);
    const numbers = {
      webhooksPerS: Math.round(median(rounds.map(({ accepted }) => accepted.perS))),
      barePerS: Math.round(median(rounds.map(({ floor }) => floor.perS))),
      ratio: rounded(median(rounds.map(({ accepted, floor }) => accepted.perS / floor.perS)), 2),
      p99Ms: rounded(median(rounds.map(({ accepted }) => accepted.p99Ms)), 1),
      ignoredPerS: Math.round(median(rounds.map(({ ignored }) => ignored.perS))),
      ignoredRatio: rounded(median(rounds.map(({ ignored, floor }) => ignored.perS / floor.perS)), 2),
    };
    return { numbers, invalid: failed > 0 ? `${failed} requests were refused` : null };
  } finally {
    await server.close();
    bare.close();
    await api.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

const perS = ({ perS: count }: Told): number => Math.round(count);

function bareOf(dataDir: string) {
  const database = new Sqlite(join(dataDir, 'bare.db'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table rows (id integer primary key, text text not null)');
  const insert = database.prepare('insert into rows (text) values (?)');
  return {
    handle(): Response {
      insert.run('a row of a bare insert');
      return Response.json({ ok: true });
    },
    close: () => database.close(),
  };
}

/** A cluster with a service, and who may send for it. */
async function sourceOf({ app, adminToken = '', workerToken }: RunningApi): Promise<{ path: string; secret: string }> {
  const clientOf = (token: string) =>
    createClient({ baseUrl: 'http://bench', token, fetch: (request) => app.fetch(request) });
  const admin = clientOf(adminToken);
  await demoApplied({ admin, worker: clientOf(workerToken) });
  const command = 'service update web --image acme/web@{digest}';
  const rules = [{ event: 'image', repository: 'acme/web', cluster, command }];
  const json = { name: 'ci', kind: 'standard', rules, secret: null } as const;
  const made = await unwrap(admin.v1.webhooks.sources.$post({ json: { ...json, rules } }));
  return { path: made.source.path, secret: made.secret ?? '' };
}

async function loaded(args: string[]): Promise<Told> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
  return toldSchema.parse(JSON.parse(stdout));
}
