import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import published from '@octokit/webhooks-examples' with { type: 'json' };
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { unwrap } from '#api/client.ts';
import type { MadeSource } from '#core/webhooks/contract.ts';
import { githubEvents } from '#core/webhooks/facts/github.ts';
import { problemSchema } from '#core/wire.ts';
import { addSource, demoApplied, fromGithub, refused, signedByGithub, taken } from './hooks.ts';
import { world, worldForAllTests } from './the-world.ts';

let source: MadeSource;
const limits = { hookBodyMs: 300, bodyBytesMax: 1_000_000, hooksPerMinute: 1_000_000, pollMs: 50 };
worldForAllTests(
  async () => {
    await demoApplied(world);
    source = await addSource(world, 'github');
  },
  { listen: { host: '127.0.0.1', port: 0 }, limits },
);

const examples = z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) })).parse(published);
const handled = examples
  .filter(({ name }) => githubEvents.some((event) => event === name))
  .flatMap(({ name, examples: payloads }) => payloads.map((payload, at) => ({ name, at, payload })));

test.each(handled)('GitHub’s own example $name $at is taken, and with one byte changed refused', async (example) => {
  const body = JSON.stringify(example.payload);
  const sent = { event: example.name, id: `example-${example.name}-${example.at}` };
  const at = Math.floor(body.length / 2);
  const changed = body.slice(0, at) + String.fromCharCode(body.charCodeAt(at) ^ 1) + body.slice(at + 1);
  const forged = new Request(await fromGithub(source, body, sent), { method: 'POST', body: changed });
  expect(await refused(world, forged)).toMatchObject({ status: 401, code: 'unauthenticated' });
  expect(await taken(world, await fromGithub(source, body, sent))).toMatchObject({ state: 'ignored', repeated: false });
});

interface Sent {
  headers: Record<string, string>;
  /** Parts of the body; without an end it stays open. */
  parts: readonly Uint8Array[];
  isEnded?: boolean;
}

/** Over a real connection: how it ended, and the problem that came back. */
function send({ headers, parts, isEnded = true }: Sent): Promise<{ status: number; code: string; closed: boolean }> {
  const url = world.api.url + source.source.path;
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { code } = problemSchema.parse(JSON.parse(text));
        resolve({ status: response.statusCode ?? 0, code, closed: response.headers.connection === 'close' });
        outgoing.destroy();
      });
    });
    outgoing.on('error', reject);
    for (const part of parts) outgoing.write(part);
    if (isEnded) outgoing.end();
  });
}

const json = { 'content-type': 'application/json', 'x-github-event': 'push', 'x-github-delivery': 'hostile' };
const signed = async (body: Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) => ({
  ...json,
  'x-hub-signature-256': await signedByGithub(source.secret ?? '', body),
  ...more,
});
const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

describe('a body that was made to hurt', () => {
  test('of 10 MB is refused by its length before it is read, and while it comes where no length was said', async () => {
    const big = new Uint8Array(10_000_000);
    const answer = { status: 413, code: 'payload_too_large', closed: true };
    const announced = { ...json, 'content-length': '10000000' };
    expect(await send({ headers: announced, parts: [bytes('{')], isEnded: false })).toEqual(answer);
    const heap = process.memoryUsage().arrayBuffers;
    const chunked = { ...json, 'transfer-encoding': 'chunked' };
    const parts = Array.from({ length: 20 }, (_, at) => big.subarray(at * 500_000, (at + 1) * 500_000));
    expect(await send({ headers: chunked, parts, isEnded: false })).toEqual(answer);
    expect(process.memoryUsage().arrayBuffers - heap).toBeLessThan(20_000_000);
  });

  test('that comes drop by drop is not waited for, with a length or without', async () => {
    const answer = { status: 408, code: 'request_timeout', closed: true };
    for (const how of [{ 'content-length': '1000' }, { 'transfer-encoding': 'chunked' }])
      expect(await send({ headers: { ...json, ...how }, parts: [bytes('{')], isEnded: false })).toEqual(answer);
  });

  test('that is packed is never unpacked, though its signature be good', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
    const headers = await signed(bomb, { 'content-encoding': 'gzip' });
    expect(await send({ headers, parts: [bomb] })).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  test('of another media type, of broken UTF-8, of no JSON and of JSON without end is refused, though signed', async () => {
    const form = bytes('payload=%7B%7D');
    const asForm = await signed(form, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(await send({ headers: asForm, parts: [form] })).toMatchObject({ status: 415 });
    const bad = [Uint8Array.from([0x22, 0xff, 0xfe, 0x22]), bytes('{"a":'), bytes('['.repeat(400_000)), bytes('')];
    for (const body of bad)
      expect(await send({ headers: await signed(body), parts: [body] })).toMatchObject({
        status: 400,
        code: 'invalid_input',
      });
  });

  test('is on record as refused; of many in a minute only the first thirty are kept', async () => {
    const count = async () => {
      const query = { state: 'refused' as const, limit: '200' };
      return (await unwrap(world.admin.v1.webhooks.deliveries.$get({ query }))).items.length;
    };
    expect(await count()).toBeGreaterThan(8);
    for (let at = 0; at < 60; at += 1) {
      const forged = { ...source, secret: 'not it' };
      expect((await refused(world, await fromGithub(forged, `{"n":${at}}`))).status).toBe(401);
    }
    expect(await count()).toBeLessThan(45);
  });
});

test('the record and the tables agree after all of it', async () => {
  const check = await unwrap(world.admin.v1.audit.verify.$get({ query: { reconcile: 'true' } }));
  expect(check).toMatchObject({ ok: true, mismatches: [] });
});
