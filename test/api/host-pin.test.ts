import { expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { bob, decidingForEachTest, eve, olga } from './deciding.ts';
import { apply, cluster, show } from './demo.ts';
import { approve, setPolicy, type Someone } from './people.ts';
import { probed } from './probed.ts';
import { worker, world } from './the-world.ts';

/* A host whose SSH key was replaced is held to the new one: when it has shown it, and the machine is the one on record. */

const key = (letter: string) => ({ algorithm: 'ssh-ed25519', fingerprint: `SHA256:${letter.repeat(43)}` });
const [before, after] = [key('A'), key('B')];

decidingForEachTest(async () => {
  await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
  await probed('h2', before);
});

const pin = async (who: Pick<Someone, 'api'>, name = 'h2', json: { force?: boolean } = {}): Promise<string> => {
  const { fingerprint } = after;
  return (await unwrap(who.api.v1.hosts[':name'].pin.$post({ param: { name }, json: { fingerprint, ...json } }))).id;
};
const keysOf = async (name: string) => (await unwrap(world.admin.v1.hosts[':name'].$get({ param: { name } }))).hostKeys;
const audit = async (action: string) => (await unwrap(world.admin.v1.audit.$get({ query: { action } }))).items;

test('the worker is to meet the new key alone, and it is pinned by its success only', async () => {
  const id = await pin(olga);
  const { hosts, operation } = await worker.take(id);
  expect(hosts.find(({ name }) => name === 'h2')).toMatchObject({
    hostKeys: [{ algorithm: 'any', fingerprint: after.fingerprint }],
    acceptNew: false,
  });
  expect(operation.request).toMatchObject({ replaces: [before], recorded: { engineId: 'engine-h2' }, force: false });
  await worker.tell({ type: 'host-key', host: 'h2', key: after });
  expect(await keysOf('h2')).toEqual([before]);
  await worker.end();
  expect(await keysOf('h2')).toEqual([after]);
  expect(await show(olga.api, id)).toMatchObject({ state: 'succeeded', result: { host: 'h2', key: after } });
});

test('who asked, the old key and the new one are on record', async () => {
  const id = await pin(olga);
  await worker.take(id);
  await worker.tell({ type: 'host-key', host: 'h2', key: after });
  await worker.end();
  const [intent] = await audit('operation.requested');
  expect(intent).toMatchObject({ actor: { name: 'olga' }, operation: id });
  expect(intent?.details).toMatchObject({ replaces: [before], fingerprint: after.fingerprint });
  const [pinned] = await audit('host-key.pinned');
  expect(pinned?.details).toMatchObject({ security: true, how: 'renewed', ...after, replaced: [before] });
});

test('a failure leaves the pin as it was, and a success without the key is none', async () => {
  await worker.take(await pin(olga));
  await worker.tell({ type: 'host-key', host: 'h2', key: after });
  await worker.end('failed', 'conflict');
  const believed = await pin(olga);
  await worker.take(believed);
  await worker.end();
  expect(await show(olga.api, believed)).toMatchObject({ state: 'failed', error: { code: 'internal' } });
  expect(await keysOf('h2')).toEqual([before]);
});

test('another key than the one that was named is a security event', async () => {
  await worker.take(await pin(olga));
  await worker.tell({ type: 'host-key', host: 'h2', key: key('C') });
  const error = { code: 'host_key_changed', message: 'h2 shows another key.', host: 'h2' };
  await worker.tell({ type: 'ended', state: 'failed', error });
  expect(await audit('host-key.changed')).toMatchObject([{ target: { id: 'h2' } }]);
  expect(await keysOf('h2')).toEqual([before]);
});

test('it asks for the rights of adding a host: a token of one cluster is not enough, also to retry', async () => {
  const json = { person: 'olga', label: 'demo only', clusters: [cluster] };
  const { token } = await unwrap(world.admin.v1.tokens.$post({ json }));
  const scoped = { api: world.clientOf(token) };
  await expect(pin(scoped)).rejects.toMatchObject({ code: 'forbidden' });
  const id = await pin(olga);
  await worker.take(id);
  await worker.end('failed', 'conflict');
  const again = scoped.api.v1.operations[':id'].retry.$post({ param: { id }, json: {} });
  await expect(unwrap(again)).rejects.toMatchObject({ code: 'forbidden' });
});

test('others approve it as what it is: high for a worker, critical for a manager', async () => {
  await setPolicy(world, { approvals: [{}] });
  for (const [host, risk, confirm] of [
    ['h2', 'high', null],
    ['h1', 'critical', cluster],
  ] as const) {
    const id = await pin(olga, host);
    await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
    expect(await show(olga.api, id)).toMatchObject({ state: 'awaiting-approval', approval: { risk, required: 2 } });
    const { items } = await unwrap(bob.api.v1.notices.$get({ query: {} }));
    expect(items[0]?.message).toContain(`olga asks to pin ${after.fingerprint} for ${host} in demo`);
    for (const other of [bob, eve]) await approve(other.api, id, confirm);
    await worker.take(id);
    await worker.tell({ type: 'host-key', host, key: after });
    await worker.end();
    expect(await keysOf(host)).toEqual([after]);
  }
});

test('a rule that denies it on some clusters holds for the hosts of these', async () => {
  await setPolicy(world, { rules: [{ deny: ['host.pin'], clusters: ['demo'] }] });
  await expect(pin(olga)).rejects.toMatchObject({ code: 'forbidden' });
});
