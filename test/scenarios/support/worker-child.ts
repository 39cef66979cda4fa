import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { createClient } from '#api/client.ts';
import { logTo } from '#core/log.ts';
import { createMeter } from '#core/meter.ts';
import { reportsRequestSchema } from '#core/worker-wire.ts';
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
const { folder, redis, url, phase, points } = z
  .object({
    folder: z.string(),
    redis: z.string(),
    url: z.string(),
    phase: z.enum(phases),
    points: z.array(z.string()),
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

/** Points of the list that a call is, as `POST /swarm/init`; none for calls to the API. */
function pointsOf(message: unknown): string[] {
  const { request } = messageSchema.parse(message);
  if (request.origin !== 'http://docker') return [];
  const call = `${request.method} ${request.path.replace(/^\/v\d\.\d+/, '')}`;
  return points.filter((point) => new RegExp(`^${point}`).test(call));
}

subscribe('undici:request:create', (message) => pointsOf(message).forEach((point) => met.add(point)));
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
