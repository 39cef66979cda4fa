import { expect, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { apply, demoProposed, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { setPolicy, someone, type Someone } from './people.ts';
import { world, worldForEachTest } from './the-world.ts';

let olga: Someone;
let bob: Someone;
worldForEachTest(async () => {
  await demoProposed(world.admin);
  olga = await someone(world, 'olga', 'operator');
  bob = await someone(world, 'bob', 'approver');
});

const say = async (as: Client, text: string): Promise<string> => {
  const { result } = await unwrap(as.v1.commands.$post({ json: { text } }));
  return result.kind === 'text' ? result.text : result.kind;
};
const refusal = (as: Client, text: string) =>
  say(as, text).then(
    () => null,
    (error: unknown) => error,
  );

test('a lock is set, seen, in the way of others, and ended', async () => {
  expect(await say(olga.api, 'lock demo for 2h : moving the database')).toContain('demo is locked by olga until');
  expect(await say(bob.api, 'where')).toContain('demo is locked by olga');
  expect(await refusal(bob.api, 'apply in demo')).toMatchObject({ code: 'locked' });
  expect(await refusal(olga.api, 'unlock demo')).toBeNull();
  expect(await say(bob.api, 'where')).toContain('Nobody holds anything');
});

test('another person’s lock is taken over with `!`, by who may', async () => {
  await say(olga.api, 'lock demo : mine');
  expect(await refusal(bob.api, 'lock demo : mine now')).toMatchObject({ code: 'locked' });
  expect(await say(bob.api, 'lock demo ! : mine now')).toContain('locked by bob');
  expect(await refusal(olga.api, 'unlock demo !')).toMatchObject({ code: 'forbidden' });
});

test('all clusters are frozen until a time; the operator may not', async () => {
  expect(await refusal(olga.api, 'freeze all : sale')).toMatchObject({ code: 'forbidden' });
  expect(await say(bob.api, 'freeze all until 2099-01-01 : sale').catch((error: Error) => error.message)).toContain(
    'no time from a minute to 7 days',
  );
  expect(await say(bob.api, 'freeze all for 30m : sale')).toContain('Every cluster is frozen by bob');
  expect(await say(bob.api, 'unfreeze all')).toContain('on all clusters is ended');
  expect(await refusal(bob.api, 'unfreeze all')).toMatchObject({ message: 'There is no freeze on all' });
});

test('a plan is approved or denied by its digest; a denial needs a reason', async () => {
  await setPolicy(world, { approvals: [{ low: 1 }] });
  const worker = new FakeWorker(world.worker);
  const waiting = async () => {
    const { id } = await apply(olga.api);
    await worker.take(id);
    await worker.observe(bareHosts('h1', 'h2', 'h3'));
    return id;
  };
  const first = await waiting();
  const digest = (await show(olga.api, first)).planDigest?.slice(0, 12) ?? '';
  expect(await say(bob.api, 'where')).toContain(`plan ${digest}`);
  expect(await refusal(bob.api, `deny ${digest}`)).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('needs reason'),
  });
  expect(await refusal(olga.api, `approve ${digest}`)).toMatchObject({ code: 'forbidden' });
  expect(await say(bob.api, `approve ${digest}`)).toContain('1 of 1 approvals');
  await worker.run(first, bareHosts('h1', 'h2', 'h3'));
  const second = await waiting();
  expect(await say(bob.api, `deny ${second} : not now`)).toContain('denied the plan');
  expect(await show(olga.api, second)).toMatchObject({ state: 'blocked' });
});

test('`can` explains by the very table that decides, `preflight` and `ops retry` start work', async () => {
  expect(await say(olga.api, 'can approve in demo')).toMatch(/^No: .*default deny/);
  expect(await say(bob.api, 'can apply demo --person olga')).toContain('Yes: olga has the role operator');
  expect(await say(olga.api, 'preflight demo')).toBe('operation');
  await say(olga.api, 'cancel last');
  expect(await say(olga.api, 'ops retry last : again')).toBe('operation');
});
