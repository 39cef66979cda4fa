import { addressOf, listen, type Listening } from '#api/listen.ts';
import type { Meter } from '#core/meter.ts';
import { exposition, expositionType } from '#core/reports/exposition.ts';
import type { SettingsReader } from '#core/settings.ts';
import { workerSettings } from '#workers/config.ts';

interface Address {
  host: string;
  port: number;
}

/** Where a worker by itself tells its figures; null: nowhere. */
export function metricsAddressOf(settings: SettingsReader): Address | null {
  const text = settings.text(workerSettings, 'FLOTILLA_WORKER_METRICS');
  if (text === undefined) return null;
  const address = addressOf(text);
  if (address === null)
    settings.wrong(workerSettings, 'FLOTILLA_WORKER_METRICS', 'expected host:port, such as 127.0.0.1:9466');
  return address;
}

/**
 * What a worker counts, for Prometheus, and that it lives. Neither takes a token and neither names a host, a cluster or a
 * person, so that it may listen beyond loopback. @throws AppError `conflict` for a port that is taken
 */
export const tellMetrics = (address: Address, meter: Meter): Promise<Listening> =>
  listen((request) => answerTo(new URL(request.url).pathname, meter), { ...address, trustedProxy: 'nothing secret' });

function answerTo(path: string, meter: Meter): Response {
  if (path === '/healthz') return Response.json({ ok: true });
  if (path !== '/metrics') return new Response('There is /metrics and /healthz.\n', { status: 404 });
  return new Response(exposition(meter.metrics()), { headers: { 'content-type': expositionType } });
}
