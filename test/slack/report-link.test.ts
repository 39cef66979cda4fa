import { afterEach, beforeEach, expect, test } from 'vitest';
import { bareHosts } from '#core/testing/observations.ts';
import { failedReport } from '#core/testing/reports.ts';
import { demoProposed } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { createSlackWorld, type SlackWorld, wordsOf } from './slack-world.ts';

const day = 24 * 60 * 60_000;
let s: SlackWorld;

beforeEach(async () => {
  s = await createSlackWorld({}, undefined, 'https://flotilla.example.com');
  await demoProposed(s.world.admin);
});
afterEach(() => s.close());

/** The link below a verification that failed, as the channel shows it. */
async function linkTold(): Promise<string> {
  const worker = new FakeWorker(s.world.worker);
  const { user } = await s.join('ann', 'operator');
  await s.say(user, 'apply in demo');
  await worker.run(await s.newest(), bareHosts('h1', 'h2', 'h3'));
  await s.say(user, 'verify demo');
  await worker.take(await s.newest());
  const { hosts: nodes, kind: _kind, id: _id, cluster: _cluster, operation: _operation, ...rest } = failedReport(3);
  const startedAt = new Date(s.nowMs()).toISOString();
  await worker.tell({ type: 'verification', verification: { ...rest, startedAt, nodes } });
  await worker.end('failed', 'verification_failed');
  const end = (await s.told()).map((one) => wordsOf(one)).findLast((words) => words.includes('The whole report'));
  return /<(https:[^|>]+)\|The whole report>/.exec(end ?? '')?.[1] ?? 'no link';
}

const open = async (link: string) => {
  const { pathname, search } = new URL(link);
  const response = await s.world.api.app.request(`${pathname}${search}`);
  return { status: response.status, text: await response.text(), headers: response.headers };
};

test('a report is linked to, and opens in a browser without a token, as a page that loads nothing', async () => {
  const link = await linkTold();
  expect(link).toMatch(/^https:\/\/flotilla\.example\.com\/reports\/ver_[^/]+\/\d+\.[\w-]{43}$/);
  const page = await open(link);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.text).toContain('data-port-blocked');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
});

test('the link is for that report and until that moment: changed it opens nothing, and late it says so', async () => {
  const link = await linkTold();
  const other = link.replace(/ver_[^/]+/, 'ver_other');
  const later = link.replace(/\/(\d+)\./, (_, until: string) => `/${Number(until) + 1}.`);
  for (const wrong of [other, later, `${link}A`, link.slice(0, -1)])
    expect((await open(wrong)).text).toContain('This is no link to a report');
  s.advance(7 * day + 1000);
  const over = await open(link);
  expect(over.status).toBe(410);
  expect(over.text).toMatch(/good for 7 days.*flotilla reports show ver_/);
});

test('whoever guesses is slowed down', async () => {
  const guarded = await createSlackWorld({ limits: { failedLoginsPerMinute: 3 } });
  const guess = async () => (await guarded.world.api.app.request(`/reports/ver_1/1.${'A'.repeat(43)}`)).status;
  expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
  await guarded.close();
});
