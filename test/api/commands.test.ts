import { expect, onTestFinished, test } from 'vitest';
import { type Client, unwrap } from '#api/client.ts';
import { handlers } from '#api/verbs/commands/handlers.ts';
import { commands } from '#core/command/commands.ts';
import { isVerb } from '#core/edits.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { addHosts, apply, demoProposed, demoSpec, propose, show } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { createWorld } from '#test/world.ts';
import { admin, world, worldForAllTests } from './the-world.ts';

worldForAllTests(() => demoProposed(admin));

const say = (text: string, as: Client = admin) => unwrap(as.v1.commands.$post({ json: { text } }));
const refusal = (text: string, as: Client = admin) =>
  say(text, as).then(
    () => null,
    (error: unknown) => error,
  );

test('every command has somebody who carries it out', () => {
  const named = [...commands.keys()].filter((name) => !isVerb(name));
  expect(Object.keys(handlers).toSorted()).toEqual(named.toSorted());
});

test('a question is answered, with the normal form of what was understood', async () => {
  expect(await say('networks')).toEqual({
    understood: 'network ls',
    result: {
      kind: 'table',
      title: 'Networks',
      columns: ['network', 'subnet', ''],
      // Proposed and not applied: the cluster has none yet.
      rows: [],
    },
  });
  expect(await say('whoami')).toMatchObject({ result: { kind: 'text', text: expect.stringContaining('admin') } });
  expect(await say('status in demo')).toMatchObject({
    result: { text: expect.stringContaining('nothing applied yet') },
  });
});

test('what a cluster is to be is told part by part, as it was applied', async () => {
  const other = await createWorld();
  onTestFinished(() => other.close());
  await addHosts(other.admin, 'h1', 'h2', 'h3');
  const shop = { compose: { services: { web: { image: 'nginx' } } } };
  const containers = { tool: { host: 'h2', image: 'tool', networks: ['net1'] } };
  await propose(other.admin, { ...demoSpec, containers, stacks: { shop } });
  await new FakeWorker(other.worker).run((await apply(other.admin)).id, bareHosts('h1', 'h2', 'h3'));
  const rowsOf = async (line: string) => {
    const { result } = await say(line, other.admin);
    return result.kind === 'table' ? result.rows : result;
  };
  expect(await rowsOf('nodes')).toEqual([
    ['h1', 'manager', 'active'],
    ['h2', 'worker', 'active'],
    ['h3', 'worker', 'active'],
  ]);
  expect(await rowsOf('networks')).toEqual([
    ['net1', '10.200.1.0/24', 'attachable'],
    ['shop_default', 'from the pool', ''],
  ]);
  expect(await rowsOf('services')).toEqual([['shop_web', 'nginx', 'shop_default', 'shop']]);
  expect(await rowsOf('containers')).toEqual([['tool', 'h2', 'tool']]);
  expect(await rowsOf('stacks')).toEqual([['shop', 'shop_web']]);
});

test('a verb of the spec proposes a revision and has it planned; the plan is applied by its digest', async () => {
  const answer = await say('service create web --image nginx --network net1 : for the demo');
  expect(answer.understood).toBe('service create web --image nginx --network net1 : for the demo');
  if (answer.result.kind !== 'operation') throw new Error('no operation');
  const { operation, revision } = answer.result;
  expect([operation.kind, operation.cluster, operation.reason, revision]).toEqual(['plan', 'demo', 'for the demo', 2]);
  await new FakeWorker(world.worker).run(operation.id, bareHosts('h1', 'h2', 'h3'));
  const { planDigest } = await show(admin, operation.id);
  const applied = await say(`apply ${planDigest?.slice(0, 8)}`);
  expect(applied.result).toMatchObject({ kind: 'operation', operation: { kind: 'apply', cluster: 'demo' } });
  expect(await say('cancel last')).toMatchObject({ result: { operation: { state: 'cancelled' } } });
});

test('what is no command is refused with what could be said, and nothing is done', async () => {
  expect(await refusal('servce create web')).toMatchObject({
    code: 'invalid_input',
    next: expect.stringContaining('service'),
  });
  expect(await refusal('service create web')).toMatchObject({ message: expect.stringContaining('needs image') });
  expect(await refusal('apply ffffff')).toMatchObject({ code: 'not_found', done: 'Nothing was changed.' });
  expect(await refusal('verify nowhere')).toMatchObject({ code: 'not_found' });
});

test('a command may do no more than the call it stands for', async () => {
  const viewer = await world.clientFor('viewer');
  expect(await refusal('service create web2 --image nginx', viewer)).toMatchObject({ code: 'forbidden' });
  expect(await refusal('host probe h1', viewer)).toMatchObject({ code: 'forbidden' });
  const { result } = await say('help', viewer);
  if (result.kind !== 'commands') throw new Error('no help');
  expect(result.commands.map(({ name }) => name)).not.toContain('apply');
});
