import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPrivateRedis } from '#cli/up/private-redis.ts';
import { until } from '#lab/wait.ts';
import { createSlackWorld, type SlackWorld } from '#test/slack/slack-world.ts';
import { filesBelow, sightings, type Trace, traceOf } from './canary.ts';
import { aDaysWork, type Day, planted } from './day.ts';
import { tablesOf } from './tables.ts';

/* A whole day's work with secrets in it, and then a look into everything that was written down on it. */

let s: SlackWorld;
let day: Day;
/** The data folder as it was left: database, Redis, keys, checkpoints. */
let files: Trace[];
/** The rows of each table of the database. */
let tables: Trace[];
const redisLog: string[] = [];

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-canaries-'));
  const redis = await startPrivateRedis(dataDir, (line) => redisLog.push(line));
  try {
    s = await createSlackWorld({ dataDir, redis: redis.socket });
    day = await aDaysWork(s);
    const operation = lastOperation();
    await until('Redis has written what it was told', () => inRedis(filesBelow(dataDir)).some(has(operation)));
    files = filesBelow(dataDir);
    tables = tablesOf(join(dataDir, 'flotilla.db'));
  } finally {
    await redis.stop();
  }
}, 120_000);
afterAll(() => s?.close());

const has =
  (text: string) =>
  ({ bytes }: Trace): boolean =>
    bytes.includes(text);
const inRedis = (all: Trace[]): Trace[] => all.filter(({ where }) => where.startsWith('redis/'));
const lastOperation = (): string =>
  /"id":"(op_[^"]+)"/.exec(
    day.answers.findLast(({ where }) => where.endsWith('/apply'))?.bytes.toString() ?? '',
  )?.[1] ?? 'none';

test('the grep finds what was really written: in the database, in Redis, in answers and exports', () => {
  const operation = { name: 'an operation', secret: lastOperation() };
  const there = sightings([...files, ...day.answers], [operation]).map((one) => one.split(':')[0] ?? '');
  for (const place of [/^flotilla\.db/, /^redis\//, /^GET \/v1\/operations/, /^export\.csv/, /^export\.ndjson/])
    expect(there).toContainEqual(expect.stringMatching(place));
  const environment = sightings(tables, [planted.service]).map((one) => one.split(':')[0]);
  expect(environment).toContain('table revisions');
  expect(sightings(logs(), [operation])).toContain('log: an operation (plain)');
  expect(sightings(day.answers, day.tokens)).toContain("POST /v1/tokens: olga's token (plain)");
});

test('tokens and webhook secrets are nowhere but in the answer that made them, and the workers’ in the file that is theirs', () => {
  const written = sightings([...files, ...tables, ...logs()], day.tokens).map((one) => one.replace(/ \(.*/, ''));
  expect([...new Set(written)]).toEqual(["worker-token: the workers' token"]);
  const answered = sightings(day.answers, day.tokens).filter(
    (one) => !/^POST \/v1\/(?:tokens|webhooks\/sources)(?:\/\w+\/roll)?: /.test(one),
  );
  expect(answered).toEqual([]);
});

test('environment values are in the specs, plans and steps that need them, and nowhere else', () => {
  const values = [planted.service, planted.registry, planted.edited, planted.said, planted.chat];
  const kept = sightings(tables, values).map((one) => one.split(':')[0]);
  expect([...new Set(kept)].toSorted((one, other) => (one ?? '').localeCompare(other ?? ''))).toEqual([
    'table plans',
    'table revisions',
    'table steps',
  ]);
  const outside = files.filter(({ where }) => !where.startsWith('flotilla.db'));
  expect(sightings([...outside, ...logs(), ...exports()], values)).toEqual([]);
});

test('what was in a refused request, and what CI signs with, is kept nowhere', () => {
  expect(
    sightings([...files, ...tables, ...logs(), ...exports()], [planted.refused, planted.url, planted.webhook]),
  ).toEqual([]);
});

test('what programs print is in the answer to who asked for it, and nowhere else', () => {
  const { printed } = planted;
  expect(sightings([...files, ...tables, ...logs(), ...exports()], [printed])).toEqual([]);
  const answered = sightings(day.answers, [printed]).map((one) => one.replace(/op_\w+/, 'ID').split(':')[0]);
  expect([...new Set(answered)]).toEqual(['GET /v1/operations/ID/logs']);
});

test('the key that signs the record, and what Slack signs with, are in no file but their own', () => {
  const key = readFileSync(join(s.world.dataDir, 'keys', 'audit.key'), 'utf8');
  const body = key
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('-----'))
    .join('');
  const { signingSecret, botToken } = s.slack.workspace;
  const secrets = [
    { name: 'the key of the record', secret: body.slice(-40) },
    { name: "Slack's signing secret", secret: signingSecret },
    { name: "Slack's bot token", secret: botToken },
  ];
  const found = sightings([...files, ...tables, ...logs(), ...day.answers], secrets);
  expect(found.filter((one) => !one.startsWith('keys/audit.key: '))).toEqual([]);
  expect(found).toContain('keys/audit.key: the key of the record (plain)');
});

/** Everything that was logged, at every level. */
const logs = (): Trace[] => [traceOf('log', [...s.world.entries, ...redisLog].join('\n'))];
const exports = (): Trace[] => day.answers.filter(({ where }) => where.startsWith('export.'));
