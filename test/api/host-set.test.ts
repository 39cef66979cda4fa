import { describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { bareHosts } from '#core/testing/observations.ts';
import { bob, decidingForEachTest, eve, olga } from './deciding.ts';
import { apply, cluster, show } from './demo.ts';
import { approve, setPolicy, type Someone } from './people.ts';
import { probed } from './probed.ts';
import { worker, world } from './the-world.ts';

/* A host is reached in another way once it has shown its pinned key there, and the machine is the one on record. */

const key = { algorithm: 'ssh-ed25519', fingerprint: `SHA256:${'A'.repeat(43)}` };

decidingForEachTest(async () => {
  await worker.run((await apply(world.admin)).id, bareHosts('h1', 'h2', 'h3'));
  for (const name of ['h1', 'h2', 'h3']) await probed(name, key);
});

interface Asked {
  address?: string;
  port?: number;
  user?: string;
  via?: string | null;
  force?: boolean;
}
const set = async (who: Pick<Someone, 'api'>, json: Asked, name = 'h2'): Promise<string> =>
  (await unwrap(who.api.v1.hosts[':name'].set.$post({ param: { name }, json }))).id;
const host = (name = 'h2') => unwrap(world.admin.v1.hosts[':name'].$get({ param: { name } }));
const audit = async (action: string) => (await unwrap(world.admin.v1.audit.$get({ query: { action } }))).items;
const meet = async (id: string, name = 'h2'): Promise<void> => {
  await worker.take(id);
  await worker.tell({ type: 'host-key', host: name, key });
  await worker.end();
};

test('the worker reaches it in the new way, which counts by its success only; what is not named stays', async () => {
  const before = await host();
  const id = await set(olga, { address: '10.0.9.9', port: 2222 });
  const { hosts } = await worker.take(id);
  expect(hosts.find(({ name }) => name === 'h2')).toMatchObject({ address: '10.0.9.9', port: 2222, user: 'root' });
  await worker.tell({ type: 'host-key', host: 'h2', key });
  expect(await host()).toMatchObject({ address: before.address, port: 22 });
  await worker.end();
  expect(await host()).toMatchObject({ address: '10.0.9.9', port: 2222, user: 'root', hostKeys: [key], cluster });
  expect(await show(olga.api, id)).toMatchObject({ state: 'succeeded' });
});

test('a bastion on the new way goes along with the lease, and is not removed meanwhile', async () => {
  await unwrap(world.admin.v1.hosts.$post({ json: { name: 'b1', address: '10.0.0.99' } }));
  const id = await set(olga, { via: 'b1' });
  const { hosts } = await worker.take(id);
  expect(hosts.map(({ name }) => name)).toContain('b1');
  const gone = world.admin.v1.hosts[':name'].$delete({ param: { name: 'b1' } });
  await expect(unwrap(gone)).rejects.toMatchObject({ code: 'conflict' });
  await worker.tell({ type: 'host-key', host: 'h2', key });
  await worker.end();
  expect(await host()).toMatchObject({ via: 'b1' });
});

test('who asked, the old way and the new one are on record, and back is the same once more', async () => {
  const before = await host();
  const id = await set(olga, { address: '10.0.9.9' });
  await meet(id);
  const [intent] = await audit('operation.requested');
  expect(intent).toMatchObject({ actor: { name: 'olga' }, operation: id });
  const [moved] = await audit('host.set');
  expect(moved).toMatchObject({ target: { id: 'h2' }, operation: id });
  expect(moved?.details).toMatchObject({
    from: { address: before.address },
    to: { address: '10.0.9.9' },
    force: false,
  });
  await meet(await set(olga, { address: before.address }));
  expect(await host()).toMatchObject({ address: before.address });
});

test('a failure leaves it as it was, and a success without the key is none', async () => {
  const before = await host();
  await worker.take(await set(olga, { port: 2222 }));
  await worker.end('failed', 'host_unreachable');
  const believed = await set(olga, { port: 2222 });
  await worker.take(believed);
  await worker.end();
  expect(await show(olga.api, believed)).toMatchObject({ state: 'failed', error: { code: 'internal' } });
  expect(await host()).toEqual(before);
});

test('a second one waits for nobody: it is refused while the first is under way', async () => {
  const id = await set(olga, { port: 2222 });
  await expect(set(bob, { user: 'ops' })).rejects.toMatchObject({ code: 'conflict' });
  await meet(id);
  await expect(set(bob, { user: 'ops' })).resolves.toBeDefined();
});

test('one that is asked again after another way was taken does not bring the old one back', async () => {
  const first = await set(olga, { port: 2222 });
  await worker.take(first);
  await worker.end('failed', 'host_unreachable');
  await meet(await set(olga, { user: 'ops' }));
  const again = await unwrap(olga.api.v1.operations[':id'].retry.$post({ param: { id: first }, json: {} }));
  await meet(again.id);
  expect(await show(olga.api, again.id)).toMatchObject({ state: 'failed', error: { code: 'conflict' } });
  expect(await host()).toMatchObject({ port: 22, user: 'ops' });
});

describe('is refused, with nothing changed,', () => {
  test('where it is reached so already, through itself, or through nobody', async () => {
    await meet(await set(olga, { via: 'h1' }));
    await expect(set(olga, { via: 'h1' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(set(olga, { via: 'h2' }, 'h1')).rejects.toMatchObject({ code: 'conflict' });
    await expect(set(olga, { via: 'h3' }, 'h3')).rejects.toMatchObject({ code: 'conflict' });
    await expect(set(olga, { via: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('where nobody has reached the host yet, so that there is no key to know it by', async () => {
    await unwrap(world.admin.v1.hosts.$post({ json: { name: 'h9', address: '10.0.0.99' } }));
    await expect(set(olga, { port: 2222 }, 'h9')).rejects.toMatchObject({
      code: 'conflict',
      next: expect.stringContaining('flotilla host rm h9'),
    });
  });

  test('by a token of one cluster, also to retry: it asks for the rights of adding a host', async () => {
    const json = { person: 'olga', label: 'demo only', clusters: [cluster] };
    const scoped = { api: world.clientOf((await unwrap(world.admin.v1.tokens.$post({ json }))).token) };
    await expect(set(scoped, { port: 2222 })).rejects.toMatchObject({ code: 'forbidden' });
    const id = await set(olga, { port: 2222 });
    await worker.take(id);
    await worker.end('failed', 'conflict');
    const again = scoped.api.v1.operations[':id'].retry.$post({ param: { id }, json: {} });
    await expect(unwrap(again)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('where a rule denies it on the cluster of the host, or somebody holds that', async () => {
    await setPolicy(world, { rules: [{ deny: ['host.set'], clusters: ['demo'] }] });
    await expect(set(olga, { port: 2222 })).rejects.toMatchObject({ code: 'forbidden' });
    await setPolicy(world, {});
    await unwrap(eve.api.v1.holds.$post({ json: { kind: 'lock', cluster, reason: 'a release' } }));
    await expect(set(olga, { port: 2222 })).rejects.toMatchObject({ code: 'locked' });
  });
});

test('others approve it as what it is: medium to the same machine, critical to any where it is a manager', async () => {
  await setPolicy(world, { approvals: [{}] });
  for (const [asked, risk, others] of [
    [{ port: 2222 }, 'medium', [bob]],
    [{ port: 2223, force: true }, 'critical', [bob, eve]],
  ] as const) {
    const id = await set(olga, asked, 'h1');
    await expect(worker.take(id)).rejects.toMatchObject({ code: 'busy' });
    expect(await show(olga.api, id)).toMatchObject({ approval: { risk, required: others.length } });
    const { items } = await unwrap(bob.api.v1.notices.$get({ query: {} }));
    expect(items[0]?.message).toContain(`olga asks to reach h1 in demo as root@`);
    for (const other of others) await approve(other.api, id, risk === 'critical' ? cluster : null);
    await meet(id, 'h1');
    expect(await host('h1')).toMatchObject({ port: asked.port });
  }
});
