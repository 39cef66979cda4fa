import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMeter } from '#core/meter.ts';
import { exposition } from '#core/reports/exposition.ts';
import { type ReadMetric, readMetrics } from '#test/prometheus.ts';
import { createSlackWorld, type SlackWorld } from '#test/slack/slack-world.ts';
import { addHosts, plan } from './demo.ts';
import { addSource, demoApplied, fromGithub, published } from './hooks.ts';

/* What Prometheus reads, held against what was done before. */

let s: SlackWorld;
let metrics: Map<string, ReadMetric>;

beforeAll(async () => {
  s = await createSlackWorld();
  const { world } = s;
  await demoApplied(world);
  await plan(world.admin);
  const viewer = await world.clientFor('viewer');
  await viewer.v1.hosts.$post({ json: { name: 'h9', address: '192.0.2.1', acceptNew: true } });
  await world.clientOf('flt_x').v1.hosts.$get();
  const source = await addSource(world, 'github');
  const delivery = await fromGithub(source, published());
  for (const request of [delivery, delivery.clone()]) await world.api.app.fetch(request);
  await world.api.app.fetch(await fromGithub({ ...source, secret: 'wrong' }, published('cd')));
  const { user } = await s.join('ann', 'operator');
  await s.say(user, 'verify demo');
  await s.told();
  s.advance(60_000);
  const token = await world.tokenFor('viewer');
  const response = await world.api.app.request('/metrics', { headers: { authorization: `Bearer ${token}` } });
  metrics = readMetrics(await response.text());
}, 60_000);
afterAll(() => s?.close());

const valueOf = (name: string, labels = ''): number | undefined => metrics.get(name)?.samples.get(`${name}{${labels}}`);
/** Of all samples whose labels hold the text. */
const sumOf = (name: string, part = ''): number =>
  [...(metrics.get(name)?.samples ?? [])].reduce((sum, [key, value]) => (key.includes(part) ? sum + value : sum), 0);

describe('the figures of the control plane', () => {
  test('tell of operations by state, and how old the oldest is', () => {
    expect(valueOf('flotilla_operations', 'state="succeeded"')).toBe(1);
    expect(valueOf('flotilla_operations', 'state="failed"')).toBe(0);
    expect(valueOf('flotilla_operations', 'state="queued"')).toBe(3);
    expect(valueOf('flotilla_operation_oldest_seconds', 'state="queued"')).toBeGreaterThanOrEqual(60);
    expect(valueOf('flotilla_operation_oldest_seconds', 'state="running"')).toBe(0);
    expect(valueOf('flotilla_queue_up')).toBe(1);
  });

  test('tell of the record: its head, its last checkpoint, and whether it is whole', () => {
    expect(valueOf('flotilla_audit_head_sequence')).toBeGreaterThan(10);
    expect(valueOf('flotilla_audit_whole')).toBe(1);
    expect(valueOf('flotilla_audit_push_failures_total')).toBe(0);
    // Nothing was signed yet: an age of something that is not there is told by nothing.
    expect(metrics.has('flotilla_audit_checkpoint_age_seconds')).toBe(false);
  });

  test('tell of what was refused', () => {
    expect(valueOf('flotilla_access_denied_total', 'verb="host.add"')).toBe(1);
    // The webhook with the wrong signature, and the request with the wrong token.
    expect(valueOf('flotilla_logins_failed_total')).toBe(2);
  });

  test('tell of webhooks, with what became of them', () => {
    const received = (state: string) => valueOf('flotilla_webhooks_received_total', `kind="github",state="${state}"`);
    expect([received('accepted'), received('repeated'), received('unauthenticated')]).toEqual([1, 1, 1]);
    expect(valueOf('flotilla_webhook_deliveries', 'state="accepted"')).toBe(1);
    expect(valueOf('flotilla_webhook_messages', 'state="waiting"')).toBe(0);
  });

  test('tell of Slack: what it sent and what it was asked', () => {
    expect(valueOf('flotilla_slack_requests_total', 'kind="http",status="200"')).toBe(1);
    expect(sumOf('flotilla_slack_calls_total', 'method="chat.postMessage",status="200"')).toBeGreaterThan(0);
  });

  test('the age of the last checkpoint counts from when it was signed', async () => {
    const { world } = s;
    await addHosts(world.admin, 'h4');
    await world.admin.v1.audit.verify.$get({ query: {} });
    s.advance(120_000);
    const headers = { authorization: `Bearer ${world.adminToken}` };
    metrics = readMetrics(await (await world.api.app.request('/metrics', { headers })).text());
    const age = valueOf('flotilla_audit_checkpoint_age_seconds') ?? 0;
    expect(age).toBeGreaterThanOrEqual(120);
    expect(valueOf('flotilla_audit_checkpoint_sequence')).toBeGreaterThan(10);
  });
});

describe('what a process counts', () => {
  test('is a histogram where it takes time, and adds up', () => {
    const meter = createMeter();
    meter.took('flotilla_step_seconds', { kind: 'verify' }, 0.2);
    meter.took('flotilla_step_seconds', { kind: 'verify' }, 400);
    meter.count('flotilla_steps_total', { kind: 'verify', outcome: 'done' });
    meter.count('flotilla_steps_total', { kind: 'verify', outcome: 'done' });
    meter.gauge('flotilla_ssh_connections', () => 3);
    const read = readMetrics(exposition(meter.metrics()));
    const samples = read.get('flotilla_step_seconds')?.samples;
    const bucket = (le: string) => samples?.get(`flotilla_step_seconds_bucket{kind="verify",le="${le}"}`);
    expect([bucket('0.1'), bucket('0.25'), bucket('300'), bucket('+Inf')]).toEqual([0, 1, 1, 2]);
    expect(samples?.get('flotilla_step_seconds_sum{kind="verify"}')).toBeCloseTo(400.2);
    expect(read.get('flotilla_steps_total')?.samples.get('flotilla_steps_total{kind="verify",outcome="done"}')).toBe(2);
    expect(read.get('flotilla_ssh_connections')?.samples.get('flotilla_ssh_connections{}')).toBe(3);
  });

  test.each([
    ['a sample of another metric', '# HELP a A.\n# TYPE a gauge\nb 1\n', 'b stands among a'],
    ['a label twice', '# HELP a A.\n# TYPE a gauge\na{x="1",x="2"} 1\n', 'a label comes twice'],
    ['a name twice', '# HELP a A.\n# TYPE a gauge\na 1\n# HELP a A.\n# TYPE a gauge\na 2\n', 'a comes twice'],
    ['a quote that is not escaped', '# HELP a A.\n# TYPE a gauge\na{x="1"2"} 1\n', 'not understood'],
    ['no number', '# HELP a A.\n# TYPE a gauge\na x\n', 'not understood'],
  ])('and a text with %s is refused by the reader of these tests', (_, text, why) => {
    expect(() => readMetrics(text)).toThrow(why);
  });
});
