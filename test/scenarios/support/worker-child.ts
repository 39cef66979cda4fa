import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { createClient } from '#api/client.ts';
import { logTo } from '#core/log.ts';
import { createMeter } from '#core/meter.ts';
import { reportsRequestSchema } from '#core/wire.ts';
import { serverSettings } from '#cli/config.ts';
import { workerConfigOf } from '#workers/config.ts';
import { startWorker } from '#workers/start-worker.ts';
import { workerApi } from '#workers/worker-client.ts';
import { type Phase, phases } from './kill-points.ts';

/**
 * A worker as a process of its own, which kills itself when it comes to one of the points that it was told: around a
 * call to an engine, seen through what the HTTP client says of itself on its diagnostics channel, or before it sends
 * a report. The points that it came to are its last line on standard output.
 */
const { folder, redis, url, phase, points, besides } = z
  .object({
    folder: z.string(),
    redis: z.string(),
    url: z.string(),
    phase: z.enum(phases),
    points: z.array(z.string()),
    /** Only calls that are made while this one is not answered count as points. */
    besides: z.string().optional(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

/** Points that were come to. More than one, when steps run side by side: all are cut off by the first one's end. */
const met = new Set<string>();

function die(): void {
  writeSync(1, `${JSON.stringify({ met: [...met] })}\n`);
  process.kill(process.pid, 'SIGKILL');
}

const channels: Record<Exclude<Phase, 'before the report'>, string> = {
  'before the call': 'undici:request:create',
  'with the call sent': 'undici:request:bodySent',
  'before the answer is read': 'undici:request:headers',
};
const messageSchema = z.object({ request: z.object({ origin: z.string(), method: z.string(), path: z.string() }) });

/** A call to an engine as `POST /swarm/init`; null for one to the API. */
function callOf(message: unknown): string | null {
  const { request } = messageSchema.parse(message);
  return request.origin === 'http://docker' ? `${request.method} ${request.path.replace(/^\/v\d\.\d+/, '')}` : null;
}

/** Whether the call beside which points count is under way. */
let isBeside = besides === undefined;
/** Points of the list that a call is. One keeps the points that it had when it was made. */
const pointsAtStart = new WeakMap<object, string[]>();

const requestOf = (message: unknown): object => z.object({ request: z.custom<object>() }).parse(message).request;
const pointsOf = (message: unknown): string[] => pointsAtStart.get(requestOf(message)) ?? [];

subscribe('undici:request:create', (message) => {
  const call = callOf(message);
  if (call === null) return;
  if (besides !== undefined && call.startsWith(besides)) isBeside = true;
  const hit = isBeside ? points.filter((point) => new RegExp(`^${point}`).test(call)) : [];
  pointsAtStart.set(requestOf(message), hit);
  hit.forEach((point) => met.add(point));
});
subscribe('undici:request:headers', (message) => {
  if (besides !== undefined && callOf(message)?.startsWith(besides) === true) isBeside = false;
});
if (phase !== 'before the report') {
  subscribe(channels[phase], (message) => {
    if (pointsOf(message).length === 0) return;
    // The end of a call is handed over when this event comes: a few milliseconds later the engine is at work on it.
    if (phase === 'with the call sent') setTimeout(die, 5);
    else die();
  });
}

/** Ends of steps, and of the operation, that a request reports. */
async function endsIn(request: Request): Promise<string[]> {
  if (!request.url.endsWith('/reports')) return [];
  const { reports } = reportsRequestSchema.parse(await request.clone().json());
  return reports.flatMap(({ body }) =>
    body.type === 'step-ended' ? [body.step] : body.type === 'ended' ? ['end'] : [],
  );
}

async function send(request: Request): Promise<Response> {
  if (phase === 'before the report') {
    const hit = (await endsIn(request)).filter((end) => points.includes(end));
    hit.forEach((end) => met.add(end));
    if (hit.length > 0) die();
  }
  return fetch(request);
}

const client = createClient({ baseUrl: url, token: process.env['FLOTILLA_WORKER_TOKEN'] ?? '', fetch: send });
startWorker({
  folder,
  redis,
  config: workerConfigOf(serverSettings({})),
  api: (id) => workerApi(client, id),
  telemetry: {
    log: logTo((entry) => writeSync(2, `${entry}\n`), { form: 'text', level: 'warn' }),
    meter: createMeter(),
    tracer: null,
  },
});
