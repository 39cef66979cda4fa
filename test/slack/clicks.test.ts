import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { Operation } from '#core/operation.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { demoProposed, show } from '#test/api/demo.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { setPolicy } from '#test/api/people.ts';
import { createSlackWorld, ops, type SlackWorld, wordsOf } from './slack-world.ts';

/* A click that comes twice, or whose answer Slack never got, ends once; and whoever clicked sees what came of it. */

const bare = bareHosts('h1', 'h2', 'h3');
let s: SlackWorld;
let worker: FakeWorker;
let ann: { user: string };
let bob: { user: string };

beforeEach(async () => {
  s = await createSlackWorld();
  await demoProposed(s.world.admin);
  worker = new FakeWorker(s.world.worker);
  ann = await s.join('ann', 'operator');
  bob = await s.join('bob', 'approver');
});
afterEach(() => s.close());

const operations = async (): Promise<Operation[]> =>
  (await unwrap(s.world.admin.v1.operations.$get({ query: { limit: '50' } }))).items;

/** A plan that waits for Bob. */
async function waiting(): Promise<string> {
  await setPolicy(s.world, { approvals: [{ low: 1, medium: 1, high: 1, critical: 1 }] });
  await s.say(ann.user, 'apply in demo');
  const id = await s.newest();
  await worker.take(id);
  await worker.observe(bare);
  await s.told();
  return id;
}

/** Lets the answer to the next request be lost on its way, as when the connection breaks. */
function losesTheAnswer(): void {
  const { app } = s.slack;
  s.slack.app = async (request) => {
    s.slack.app = app;
    await app(request);
    return new Response('', { status: 502 });
  };
}

describe('an approval', () => {
  test('whose answer was lost counts; whoever clicks again is told so', async () => {
    const id = await waiting();
    losesTheAnswer();
    expect((await s.slack.click(bob.user, s.root(), 'plan-approve')).status).toBe(502);
    await s.slack.click(bob.user, s.root(), 'plan-approve');
    expect(s.alone(bob.user).join()).toContain('You have approved it before');
    expect((await show(s.world.admin, id)).approval?.votes).toHaveLength(1);
    await s.told();
    expect(wordsOf(s.root())).toContain(`approved by <@${bob.user}>`);
  });

  test('that is clicked twice at once counts once', async () => {
    const id = await waiting();
    await Promise.all([1, 2, 3].map(() => s.slack.click(bob.user, s.root(), 'plan-approve')));
    expect((await show(s.world.admin, id)).approval?.votes).toHaveLength(1);
    await expect.poll(() => s.alone(bob.user)).toHaveLength(3);
    expect(s.alone(bob.user).filter((words) => words.includes('Your approval counts'))).toHaveLength(1);
  });

  test('and a denial at once: one of them counts, and both are told', async () => {
    const id = await waiting();
    const eve = await s.join('eve', 'approver');
    await s.slack.click(eve.user, s.root(), 'plan-deny');
    const [view] = s.slack.workspace.views.values();
    const values = { reason: { value: { value: 'not today' } } };
    await Promise.all([
      s.slack.click(bob.user, s.root(), 'plan-approve'),
      s.slack.submit(eve.user, view?.id ?? '', values),
    ]);
    // A denial wins, also over what was approved a moment before.
    expect((await show(s.world.admin, id)).approval?.state).toBe('denied');
    await expect.poll(() => [s.alone(bob.user).length, s.alone(eve.user).length]).toEqual([1, 1]);
  });
});

describe('a cancellation', () => {
  test('whose answer was lost is done; whoever clicks again is told so', async () => {
    await s.say(ann.user, 'apply in demo');
    await s.told();
    const id = await s.newest();
    losesTheAnswer();
    await s.slack.click(ann.user, s.root(), 'operation-cancel');
    expect((await show(s.world.admin, id)).state).toBe('cancelled');
    await s.slack.click(ann.user, s.root(), 'operation-cancel');
    expect(s.alone(ann.user).join()).toContain(`Operation ${id} was cancelled already`);
  });

  test('that is clicked twice at once is on record once', async () => {
    await s.say(ann.user, 'apply in demo');
    await s.told();
    await Promise.all([1, 2].map(() => s.slack.click(ann.user, s.root(), 'operation-cancel')));
    const asked = await unwrap(s.world.admin.v1.audit.$get({ query: { q: 'action:operation.cancel-requested' } }));
    expect(asked.items).toHaveLength(1);
    await expect.poll(() => s.alone(ann.user).length).toBe(3);
  });
});

describe('what starts work', () => {
  test('"Apply this plan" starts one operation, however often it is clicked', async () => {
    await s.say(ann.user, 'plan in demo');
    await worker.run(await s.newest(), bare);
    await s.told();
    const preview = s.slack.transcript(ops, ann.user).findLast((one) => wordsOf(one).includes('plan-apply'));
    if (preview === undefined) throw new Error('there is no preview');
    await Promise.all([1, 2, 3].map(() => s.slack.click(ann.user, preview, 'plan-apply')));
    await s.slack.click(bob.user, preview, 'plan-apply');
    const applies = (await operations()).filter(({ kind }) => kind === 'apply');
    expect(applies).toHaveLength(1);
    expect(s.alone(bob.user).join()).toMatch(/This plan is being applied already: op_\w+ by ann is queued/);
  });

  test('"Try again" starts one retry, however often it is clicked', async () => {
    await s.say(ann.user, 'apply in demo');
    await worker.take(await s.newest());
    await worker.observe(bare);
    await worker.end('failed', 'step_failed');
    await s.told();
    const failed = s.root();
    await Promise.all([1, 2].map(() => s.slack.click(ann.user, failed, 'operation-retry')));
    expect((await operations()).filter(({ retryOf }) => retryOf !== null)).toHaveLength(1);
    expect(s.alone(ann.user).join()).toContain('It is being retried already');
  });
});

test('a click of which Slack tells twice is carried out once, and answered well', async () => {
  const id = await waiting();
  const seen: Request[] = [];
  const { app } = s.slack;
  s.slack.app = (request) => {
    seen.push(request.clone());
    return app(request);
  };
  await s.slack.click(bob.user, s.root(), 'plan-approve');
  const [again] = seen;
  if (again === undefined) throw new Error('nothing came');
  expect((await app(again)).status).toBe(200);
  expect((await show(s.world.admin, id)).approval?.votes).toHaveLength(1);
  expect(s.alone(bob.user)).toHaveLength(1);
});

test('a click whose response URL is used up is answered all the same', async () => {
  await waiting();
  const { routes } = s.slack;
  const fetches = routes.fetch.bind(routes);
  routes.fetch = (request, ...rest) =>
    request.url.includes('/hooks/') ? new Response('used_url', { status: 404 }) : fetches(request, ...rest);
  await s.slack.click(bob.user, s.root(), 'plan-approve');
  await expect.poll(() => s.alone(bob.user).join()).toContain('Your approval counts');
});
