import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createClient, unwrap } from '#api/client.ts';
import { isFinished } from '#core/operation.ts';
import { until } from '#lab/wait.ts';
import { type Ran, startCli } from '#test/cli/run-cli.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '#test/fakes/otlp-receiver.ts';
import { freePort } from '../../infra/edge/free-port.ts';

/* One operation, followed from the request that asked for it to the host that it tried to reach. */

const entrySchema = z.looseObject({
  time: z.iso.datetime(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  msg: z.string(),
  requestId: z.string().optional(),
  operationId: z.string().optional(),
});

const trace = 'a'.repeat(32);
const caller = 'b'.repeat(16);
let folder: string;
let otlp: OtlpReceiver;
let operation: string;
let answeredId: string | null;
let ran: Ran;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-observing-'));
  otlp = await startOtlpReceiver();
  const url = `http://127.0.0.1:${await freePort()}`;
  const flotilla = startCli(['up'], {
    env: {
      FLOTILLA_DATA: folder,
      FLOTILLA_LISTEN: url.slice('http://'.length),
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer for-the-receiver',
    },
  });
  try {
    await flotilla.untilShown('is up at');
    const token = readFileSync(join(folder, 'admin-token'), 'utf8').trim();
    const api = createClient({ baseUrl: url, token });
    const json = { name: 'h1', address: '127.0.0.1', port: 9, acceptNew: true };
    await unwrap(api.v1.hosts.$post({ json }));
    const headers = { 'x-request-id': 'release-2026-11', traceparent: `00-${trace}-${caller}-01` };
    const asked = await api.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }, { headers });
    answeredId = asked.headers.get('x-request-id');
    const { id } = await unwrap(Promise.resolve(asked));
    operation = id;
    await until('it has ended', async () =>
      isFinished((await unwrap(api.v1.operations[':id'].$get({ param: { id }, query: {} }))).state),
    );
  } finally {
    flotilla.process.kill('SIGTERM');
    ran = await flotilla.ended;
  }
}, 60_000);
afterAll(async () => {
  await otlp?.close();
  rmSync(folder, { recursive: true, force: true });
});

const entries = () =>
  ran.stderr
    .trim()
    .split('\n')
    .map((line) => entrySchema.parse(JSON.parse(line)));

describe('the log of a process without a terminal', () => {
  test('is one JSON object a line', () => {
    expect(ran.code).toBe(0);
    expect(entries().length).toBeGreaterThan(3);
  });

  test('tells of the request, of its operation and of what the worker did under the id of the caller', () => {
    expect(answeredId).toBe('release-2026-11');
    const ours = entries().filter(({ requestId }) => requestId === answeredId);
    expect(ours.map(({ msg, level, operationId }) => [level, msg, operationId])).toEqual(
      expect.arrayContaining([
        ['info', 'probe-host was asked for', operation],
        ['info', 'POST /v1/hosts/h1/probe 202', undefined],
        ['info', 'probe-host is taken up', operation],
        ['info', 'it has ended: failed', operation],
      ]),
    );
  });
});

describe('the trace of an operation', () => {
  const named = (name: string): ReceivedSpan => {
    const span = otlp.spans.find((one) => one.name === name && one.traceId === trace);
    if (span === undefined) throw new Error(`no span ${name} in ${otlp.spans.map((one) => one.name).join(', ')}`);
    return span;
  };

  /** The spans that it is a part of, the nearest first. */
  const above = ({ parentSpanId }: ReceivedSpan): ReceivedSpan[] => {
    const parent = otlp.spans.find(({ spanId }) => spanId === parentSpanId);
    return parent === undefined ? [] : [parent, ...above(parent)];
  };

  test('goes on from the caller’s span to the request, the operation and the connection to its host', () => {
    const request = named('POST /v1/hosts/:name/probe');
    const run = named('operation probe-host');
    const connect = named('ssh connect');
    expect([request.parentSpanId, run.parentSpanId]).toEqual([caller, request.spanId]);
    expect(above(connect).map(({ name }) => name)).toEqual([run.name, request.name]);
    expect(connect.status).toMatchObject({ code: 2 });
    expect(run.attributes).toContainEqual({ key: 'flotilla.operation', value: { stringValue: operation } });
    expect(named('POST /v1/worker/operations/:id/reports').traceId).toBe(trace);
  });

  test('is sent to where the setting says, under the name of the process', () => {
    expect(otlp.requests[0]).toEqual({ path: '/v1/traces', authorization: 'Bearer for-the-receiver' });
    expect([...otlp.services]).toEqual(['flotilla']);
  });
});
