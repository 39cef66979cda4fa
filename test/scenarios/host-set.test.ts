import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import type { OperationView } from '#core/wire.ts';
import { applied, ended, requestPlan, succeeded } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';

/** Nodes of a cluster are renumbered, their sshd moves, a bastion comes in between; and another machine takes an address. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'host-set', hosts: 3 });
  await applied(stage.api, { cluster: 'demo', nodes: { h1: { role: 'manager' }, h2: {}, h3: {} } });
  await onH2('/usr/sbin/sshd', '-p', '2222');
  await onH2('ip', 'address', 'add', `${elsewhere()}/24`, 'dev', 'eth0');
});
afterAll(async () => {
  await stage?.close();
});

const onH2 = (...argv: string[]) => stage.lab.host('h2').exec(argv);
/** Another address of h2, in the network of the lab. */
const elsewhere = (): string => stage.lab.host('h2').address.replace(/\.\d+$/, '.42');
const host = () => unwrap(stage.api.v1.hosts[':name'].$get({ param: { name: 'h2' } }));
const set = async (json: { address?: string; port?: number; via?: string | null }): Promise<OperationView> =>
  ended(stage.api, await unwrap(stage.api.v1.hosts[':name'].set.$post({ param: { name: 'h2' }, json })));

test('another port, another address and a bastion are taken, each after the machine was met there', async () => {
  for (const way of [{ port: 2222 }, { address: elsewhere() }, { via: 'h3' }]) {
    succeeded(await set(way));
    expect(await host()).toMatchObject({ ...way, cluster: 'demo' });
  }
});

test('a way that leads nowhere, or to another machine, leaves it as it was', async () => {
  const before = await host();
  const nowhere = await set({ port: 2299 });
  expect(nowhere).toMatchObject({ state: 'failed', error: { code: 'host_unreachable' } });
  expect(nowhere.error?.done).toContain('h2 is reached as before');
  const other = await set({ address: stage.lab.host('h3').address, port: 22, via: null });
  expect(other).toMatchObject({ state: 'failed', error: { code: 'host_key_changed' } });
  expect(await host()).toMatchObject({ address: before.address, port: before.port, via: before.via });
});

test('a copy of its disk shows the same key, and is refused by its engine', async () => {
  const h3 = stage.lab.host('h3');
  const { stdout: key } = await onH2('cat', '/etc/ssh/ssh_host_ed25519_key');
  await h3.exec(['sh', '-c', 'umask 077; cat > /tmp/copied'], { stdin: key });
  await h3.exec(['/usr/sbin/sshd', '-p', '2223', '-h', '/tmp/copied', '-o', 'HostKeyAlgorithms=ssh-ed25519']);
  const copy = await set({ address: h3.address, port: 2223, via: null });
  expect(copy).toMatchObject({ state: 'failed', error: { code: 'conflict' } });
  expect(copy.error?.message).toContain('another machine answers than the one on record');
});

test('what it advertises in the swarm is another thing, and a plan tells when the host has lost it', async () => {
  const gone = `${stage.lab.host('h2').address}/24`;
  await onH2('sh', '-c', `ip address del ${gone} dev eth0; ip address add ${elsewhere()}/24 dev eth0 || true`);
  const { state, plan } = await ended(stage.api, await requestPlan(stage.api, 'demo'));
  expect(state).toBe('succeeded');
  expect(plan?.warnings).toContainEqual(expect.objectContaining({ id: 'advertise-address-lost', hosts: ['h2'] }));
});
