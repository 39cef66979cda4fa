import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient, unwrap } from '#api/client.ts';
import type { RunningApi } from '#api/node.ts';
import { hashesOf } from '#core/audit/chain.ts';
import { RecordWalk } from '#core/audit/check-record.ts';
import { sha256 } from '#db/sha256-node.ts';
import type { Store } from '#db/store.ts';
import { acceptsOf } from './audit/accepts.ts';
import { fillRecord } from './audit/fill.ts';
import type { Bench } from './bench.ts';
import { startBenchApi } from './tools/start-api.ts';
import { rounded, secondsOf } from './tools/statistics.ts';

const settings = {
  events: { type: 'string', default: '1000000' },
  queries: { type: 'string', default: '600' },
  turns: { type: 'string', default: '5' },
} as const;

/** What people ask: one field, several, none that fits, times, words, nots, patterns; each also from further back. */
const questions = [
  '',
  'actor:ada',
  'cluster:cluster-3',
  'outcome:failed',
  'action:operation.*',
  'actor:ada outcome:failed cluster:cluster-3',
  'cluster:cluster-1* action:host.added',
  'actor:ada actor:bob -source:http',
  'op:op_4711',
  'host:h17',
  'risk:high cluster:cluster-7',
  'actor:nobody',
  '-7d outcome:failed',
  'created:-60d..-59d cluster:cluster-5',
  '"ticket 4242"',
  'cluster:cluster-3 "because of ticket"',
  'action:plan.* -cluster:cluster-1* -3d',
  'stream:all source:http',
];

/** The record at a million events: a filtered page, the check of the chain, and what an accept costs beside an insert. */
export const audit: Bench = async (args, { say, signal }) => {
  const { values } = parseArgs({ args, options: settings });
  const events = Number(values.events);
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-bench-audit-'));
  try {
    const fillS = await secondsOf(async () => fillRecord(dataDir, events, say));
    say(`filled in ${rounded(fillS, 1)} s`);
    const limits = { requestsPerMinute: 100_000_000 };
    const api = await startBenchApi({ dataDir, limits });
    try {
      signal.throwIfAborted();
      const token = api.adminToken ?? '';
      // A record that grew by itself has its checkpoints; this one was filled at once, and is signed first.
      await unwrap(
        createClient({
          baseUrl: 'http://bench',
          token,
          fetch: (request) => api.app.fetch(request),
        }).v1.audit.verify.$get({ query: {} }),
      );
      const query = await queriesOf(api.app, token, Number(values.queries));
      say(`pages: p50 ${rounded(query.p50, 2)} ms, p99 ${rounded(query.p99, 2)} ms, slowest ${query.slowest}`);
      const verified = await verifiedPerS(api.store, 3);
      say(`verified ${Math.round(verified.perS)} events/s, ${Math.round(verified.perCpuS)} per second of processor`);
      const accepts = await acceptsOf(api, token, dataDir, Number(values.turns));
      say(`bare inserts ${Math.round(accepts.barePerS)}/s, accepts ${Math.round(accepts.acceptsPerS)}/s`);
      const numbers = {
        events,
        queryP99Ms: rounded(query.p99, 2),
        verifyPerS: Math.round(verified.perS),
        verifyPerCpuS: Math.round(verified.perCpuS),
        acceptsPerS: Math.round(accepts.acceptsPerS),
        acceptP99Ms: rounded(accepts.acceptP99Ms, 1),
        acceptRatio: rounded(accepts.ratio, 2),
        barePerS: Math.round(accepts.barePerS),
      };
      return { numbers, invalid: accepts.failed > 0 ? `${accepts.failed} requests were refused` : null };
    } finally {
      await api.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
};

type App = RunningApi['app'];

/** Times each question over HTTP as the app answers it, the note that somebody looked included. */
async function queriesOf(app: App, token: string, count: number) {
  const client = createClient({ baseUrl: 'http://bench', token, fetch: (request) => app.fetch(request) });
  const took: { ms: number; q: string }[] = [];
  const cursors = new Map<string, string>();
  for (let turn = 0; turn < count; turn += 1) {
    const q = questions[turn % questions.length] ?? '';
    const cursor = cursors.get(q);
    const started = performance.now();
    const { next } = await unwrap(
      client.v1.audit.$get({ query: { q, limit: '50', ...(cursor === undefined ? {} : { cursor }) } }),
    );
    took.push({ ms: performance.now() - started, q });
    if (next === null) cursors.delete(q);
    else cursors.set(q, next);
  }
  took.sort((a, b) => a.ms - b.ms);
  const at = (share: number) => took[Math.min(took.length - 1, Math.floor(took.length * share))]?.ms ?? NaN;
  return { p50: at(0.5), p99: at(0.99), slowest: took.at(-1)?.q ?? '' };
}

/** The best of some walks over the whole chain: others on the machine only make it slower. */
async function verifiedPerS(store: Store, times: number): Promise<{ perS: number; perCpuS: number }> {
  let perS = 0;
  let perCpuS = 0;
  for (let time = 0; time < times; time += 1) {
    const walk = new RecordWalk({ checkpoints: [], anchors: [] });
    const before = process.cpuUsage();
    const seconds = await secondsOf(async () => {
      for await (const page of store.linkPages()) walk.add(page, await hashesOf(page, sha256));
    });
    const { user, system } = process.cpuUsage(before);
    const { events } = walk.end();
    perS = Math.max(perS, events / seconds);
    perCpuS = Math.max(perCpuS, events / ((user + system) / 1e6));
  }
  return { perS, perCpuS };
}
