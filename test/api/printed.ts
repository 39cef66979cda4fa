import { type Client, unwrap, unwrapStream } from '#api/client.ts';
import type { LogRecord } from '#core/logs.ts';
import type { Operation } from '#core/operation.ts';
import { cluster } from './demo.ts';

/** A line as a worker hands it over. */
export const line = (name: string, text: string, at = '2026-11-28T11:34:00.000000001Z'): LogRecord => ({
  type: 'line',
  name,
  host: 'h2',
  at,
  stream: 'stdout',
  text,
});

/** A task that was read. */
export const source = (name: string, more: Partial<Extract<LogRecord, { type: 'source' }>> = {}): LogRecord => ({
  type: 'source',
  name,
  host: 'h2',
  task: 'k3j9xq',
  container: 'c0ffee',
  state: 'running',
  exitCode: null,
  error: '',
  lines: 1,
  cut: null,
  ...more,
});

export const askForLogs = (
  api: Client,
  {
    service = 'web',
    ...json
  }: { service?: string; task?: string; tail?: number; since?: string; follow?: boolean } = {},
): Promise<Operation> =>
  unwrap(api.v1.clusters[':cluster'].services[':service'].logs.$post({ param: { cluster, service }, json }));

/** The whole answer, as the one who asked gets it. */
export async function fetchLogs(api: Client, id: string): Promise<LogRecord[]> {
  const body = await unwrapStream(api.v1.operations[':id'].logs.$get({ param: { id } }));
  const text = await new Response(body).text();
  return text
    .split('\n')
    .filter((one) => one !== '')
    .map((one): LogRecord => JSON.parse(one));
}
