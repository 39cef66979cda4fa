import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Host, HostKey } from '#core/host.ts';
import { run } from '#workers/ssh/exec.ts';
import { SshPool, type SshPoolOptions } from '#workers/ssh/pool.ts';
import { freePort, portOf, refusalOf, Relay, type Sshd, SshWorld, until } from './ssh-world.ts';

let world: SshWorld;
let sshd: Sshd;
let ed25519: HostKey;
let rsa: HostKey;
const pools: SshPool[] = [];

beforeAll(async () => {
  world = new SshWorld();
  ed25519 = world.makeKey('host_ed25519', 'ed25519');
  rsa = world.makeKey('host_rsa', 'rsa');
  sshd = await world.startSshd({ hostKeys: ['host_ed25519', 'host_rsa'] });
});
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});
afterAll(() => world.close());

const makePool = (options: Partial<SshPoolOptions> = {}): SshPool => {
  const pool = new SshPool({ config: world.config, ...options });
  pools.push(pool);
  return pool;
};
const mapOf = (...hosts: Host[]): Map<string, Host> => new Map(hosts.map((host) => [host.name, host]));
const connect = (pool: SshPool, host: Host, ...others: Host[]) => pool.connect(host, mapOf(host, ...others));

describe('one connection for everybody', () => {
  test('concurrent asks share one handshake, and later ones the connection', async () => {
    const pool = makePool();
    const host = sshd.host();
    const connections = await Promise.all(Array.from({ length: 10 }, () => connect(pool, host)));
    expect(new Set(connections).size).toBe(1);
    await connect(pool, host);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
  });

  test('an ask that is given up does not end the handshake of the others', async () => {
    const pool = makePool();
    const host = sshd.host();
    const gaveUp = new AbortController();
    const first = pool.connect(host, mapOf(host), gaveUp.signal);
    const second = connect(pool, host);
    gaveUp.abort();
    expect((await refusalOf(first)).code).toBe('cancelled');
    expect((await second).closed).toBe(false);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
  });

  test('twenty hosts behind one sshd with stock limits all get in', async () => {
    const pool = makePool();
    const hosts = Array.from({ length: 20 }, (_, index) => sshd.host({ name: `h${index}` }));
    const connections = await Promise.all(hosts.map((host) => connect(pool, host)));
    expect(connections.every((connection) => !connection.closed)).toBe(true);
    expect([...pool.handshakesPerHost.values()]).toEqual(hosts.map(() => 1));
  });

  test('a host whose address was changed is connected anew, and the old connection ends when it is free', async () => {
    const pool = makePool();
    const relay = await new Relay(sshd.port).start(world);
    const old = await connect(pool, sshd.host({ port: relay.port }));
    const running = run(old, ['sh', '-c', 'read line; echo "$line"'], { stdin: 'finished\n' });
    const fresh = await connect(pool, sshd.host());
    expect(fresh).not.toBe(old);
    expect((await running).stdout).toBe('finished\n');
    await until(() => old.closed, 'the old connection to be closed');
    expect(fresh.closed).toBe(false);
  });

  test('a closed pool connects nothing any more', async () => {
    const pool = makePool();
    const connection = await connect(pool, sshd.host());
    await pool.close();
    expect(connection.closed).toBe(true);
    expect((await refusalOf(connect(pool, sshd.host()))).code).toBe('cancelled');
  });

  test('a pool that is closed during a handshake ends it', async () => {
    const held = new Set<Socket>();
    const silent = createServer((socket) => {
      held.add(socket.resume().on('close', () => held.delete(socket)));
    }).listen(0, '127.0.0.1');
    world.onClose(() => void silent.close());
    await until(() => silent.listening, 'the silent server');
    const pool = makePool();
    const opening = refusalOf(connect(pool, sshd.host({ port: portOf(silent.address()) })));
    await until(() => held.size === 1, 'the handshake to begin');
    await pool.close();
    expect((await opening).code).toBe('cancelled');
    await until(() => held.size === 0, 'its connection to be closed');
  });
});

describe('host keys', () => {
  test('an unknown key is refused with its fingerprint and what to do', async () => {
    const refusal = await refusalOf(connect(makePool(), sshd.host({ acceptNew: false })));
    expect(refusal.code).toBe('host_key_unknown');
    expect(refusal.message).toContain(ed25519.fingerprint);
    expect(refusal.next).toContain(`--fingerprint ${ed25519.fingerprint}`);
    expect(refusal.host).toBe('h1');
  });

  test('an unknown key is taken and told where the operator allowed it', async () => {
    const told: HostKey[] = [];
    const pool = makePool({ onHostKey: (_, key) => told.push(key) });
    const connection = await connect(pool, sshd.host());
    expect(connection.firstContact).toBe(true);
    expect(connection.hostKey).toEqual(ed25519);
    expect(told).toEqual([ed25519]);
  });

  test('a pinned key is met without a word', async () => {
    const told: HostKey[] = [];
    const pool = makePool({ onHostKey: (_, key) => told.push(key) });
    const connection = await connect(pool, sshd.host({ hostKeys: [ed25519], acceptNew: false }));
    expect(connection.firstContact).toBe(false);
    expect(told).toEqual([]);
  });

  test('a pinned RSA key is asked for although the host would rather show Ed25519', async () => {
    const pool = makePool();
    const connection = await connect(pool, sshd.host({ hostKeys: [rsa], acceptNew: false }));
    expect(connection.hostKey).toEqual(rsa);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
  });

  test('a fingerprint without an algorithm finds the key that it belongs to, and the algorithm is told', async () => {
    const told: HostKey[] = [];
    const pool = makePool({ onHostKey: (_, key) => told.push(key) });
    const pin = { algorithm: '', fingerprint: rsa.fingerprint };
    const connection = await connect(pool, sshd.host({ hostKeys: [pin], acceptNew: false }));
    expect(connection.hostKey).toEqual(rsa);
    expect(told).toEqual([rsa]);
  });

  test('another key than the pinned one stops at once, shows both, and is told as an event', async () => {
    const other = world.makeKey('other', 'ed25519');
    const events: string[] = [];
    const pool = makePool({ onHostKeyChanged: (host, error) => events.push(`${host.name} ${error.code}`) });
    const host = sshd.host({ hostKeys: [other], acceptNew: true });
    const refusal = await refusalOf(connect(pool, host));
    expect(refusal.code).toBe('host_key_changed');
    expect(refusal.message).toContain(other.fingerprint);
    expect(refusal.message).toContain(ed25519.fingerprint);
    expect(events).toEqual(['h1 host_key_changed']);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
    expect(sshd.log).not.toContain(`Accepted publickey for root from 127.0.0.1 port 0`);
  });

  test('a host that lost its pinned kind of key and shows another kind is changed, not new', async () => {
    const ecdsa = world.makeKey('other_ecdsa', 'ecdsa');
    const refusal = await refusalOf(connect(makePool(), sshd.host({ hostKeys: [ecdsa], acceptNew: true })));
    expect(refusal.code).toBe('host_key_changed');
  });

  test('a key that was accepted is held to until it is pinned', async () => {
    const relay = await new Relay(sshd.port).start(world);
    const swapped = await world.startSshd({ hostKeys: ['host_rsa'] });
    const pool = makePool();
    const host = sshd.host({ port: relay.port });
    const connection = await connect(pool, host);
    relay.redirect(swapped.port);
    relay.cut();
    await until(() => connection.closed, 'the loss to be noticed');
    expect((await refusalOf(connect(pool, host))).code).toBe('host_key_changed');
    // The operator added the host again, and allowed its new key.
    expect((await connect(pool, { ...host })).hostKey).toEqual(rsa);
  });

  test('an open connection is not handed to somebody who has pinned another key', async () => {
    const pool = makePool();
    await connect(pool, sshd.host());
    const other = world.makeKey('other', 'ed25519');
    const refusal = await refusalOf(connect(pool, sshd.host({ hostKeys: [other] })));
    expect(refusal.code).toBe('host_key_changed');
    expect(pool.handshakesPerHost.get('h1')).toBe(2);
  });

  test('a host that is held to its new key is not taken for a changed one by what is still open', async () => {
    const relay = await new Relay(sshd.port).start(world);
    const swapped = await world.startSshd({ hostKeys: ['host_rsa'] });
    const events: string[] = [];
    const pool = makePool({ onHostKeyChanged: (_, { code }) => events.push(code) });
    await connect(pool, sshd.host({ port: relay.port, hostKeys: [ed25519] }));
    relay.redirect(swapped.port);
    expect((await connect(pool, sshd.host({ port: relay.port, hostKeys: [rsa] }))).hostKey).toEqual(rsa);
    expect(events).toEqual([]);
  });
});

describe('what keeps us out', () => {
  test('a key that the host does not know', async () => {
    const refusal = await refusalOf(connect(makePool(), sshd.host({ key: 'stranger' })));
    expect(refusal.code).toBe('ssh_auth_failed');
    expect(refusal.message).toBe('h1 refused the login of root with the key "stranger".');
  });

  test('a user that the host does not have', async () => {
    const refusal = await refusalOf(connect(makePool(), sshd.host({ user: 'nosuchuser' })));
    expect(refusal.code).toBe('ssh_auth_failed');
  });

  test('a key that the worker does not have, and one that is encrypted', async () => {
    const unknown = await refusalOf(connect(makePool(), sshd.host({ key: 'nowhere' })));
    expect(unknown.code).toBe('ssh_key_unavailable');
    const locked = await refusalOf(connect(makePool(), sshd.host({ key: 'locked' })));
    expect(locked.code).toBe('ssh_key_unavailable');
    expect(locked.message).toContain('is encrypted with a passphrase');
    expect(JSON.stringify(locked)).not.toContain('PRIVATE KEY');
  });

  test('a port where nothing listens', async () => {
    const refusal = await refusalOf(connect(makePool(), sshd.host({ port: await freePort() })));
    expect(refusal.code).toBe('host_unreachable');
    expect(refusal.message).toContain('connection refused');
  });

  test('a port that accepts and says nothing', async () => {
    const silent = await new Relay(sshd.port).start(world);
    silent.freeze();
    const refusal = await refusalOf(connect(makePool({ handshakeTimeoutMs: 300 }), sshd.host({ port: silent.port })));
    expect(refusal.code).toBe('host_unreachable');
    expect(refusal.message).toContain('did not finish the handshake in time');
  });

  test('a connection that has rested and hangs makes place for a new one', async () => {
    const pool = makePool({ restedMs: 0 });
    const relay = await new Relay(sshd.port).start(world);
    const host = sshd.host({ port: relay.port });
    const first = await connect(pool, host);
    expect(await connect(pool, host)).toBe(first);
    relay.freeze();
    relay.redirect(sshd.port);
    const [second, third] = await Promise.all([connect(pool, host), connect(pool, host)]);
    expect([first.closed, second.closed, third === second]).toEqual([true, false, true]);
  });

  test('after a failure the next ask tries again', async () => {
    const pool = makePool();
    const relay = await new Relay(await freePort()).start(world);
    const host = sshd.host({ port: relay.port });
    await refusalOf(connect(pool, host));
    relay.redirect(sshd.port);
    expect((await connect(pool, host)).closed).toBe(false);
  });
});

describe('bastions', () => {
  test('a host is reached through another, and that one through a third', async () => {
    const pool = makePool();
    const outer = sshd.host({ name: 'outer' });
    const middle = sshd.host({ name: 'middle', via: 'outer' });
    const inner = sshd.host({ name: 'inner', via: 'middle' });
    const [a, b] = await Promise.all([connect(pool, inner, middle, outer), connect(pool, middle, inner, outer)]);
    expect((await run(a, ['sh', '-c', 'echo "$SSH_CONNECTION"'])).stdout).toContain('127.0.0.1');
    expect(b.closed).toBe(false);
    expect(Object.fromEntries(pool.handshakesPerHost)).toEqual({ outer: 1, middle: 1, inner: 1 });
  });

  test('twelve hosts behind one bastion share its connection', async () => {
    const pool = makePool();
    const bastion = sshd.host({ name: 'bastion' });
    const hosts = Array.from({ length: 12 }, (_, index) => sshd.host({ name: `h${index}`, via: 'bastion' }));
    await Promise.all(hosts.map((host) => connect(pool, host, bastion)));
    expect(pool.handshakesPerHost.get('bastion')).toBe(1);
  });

  test('the bastion says when it cannot connect the host', async () => {
    const bastion = sshd.host({ name: 'bastion' });
    const refusal = await refusalOf(
      connect(makePool(), sshd.host({ via: 'bastion', port: await freePort() }), bastion),
    );
    expect(refusal.code).toBe('host_unreachable');
    expect(refusal.message).toContain('bastion could not connect to it');
  });

  test('a bastion that nobody knows, and one that goes round in a circle', async () => {
    const lost = await refusalOf(connect(makePool(), sshd.host({ via: 'nobody' })));
    expect(lost.message).toBe('h1 is reached through nobody, and there is no host of that name.');
    const one = sshd.host({ name: 'one', via: 'two' });
    const two = sshd.host({ name: 'two', via: 'one' });
    const round = await refusalOf(connect(makePool(), one, two));
    expect(round.code).toBe('host_unreachable');
    expect(round.message).toContain('reached through itself');
  });
});

describe('loss', () => {
  test('what runs ends with the loss, and the next ask connects again', async () => {
    const pool = makePool();
    const relay = await new Relay(sshd.port).start(world);
    const host = sshd.host({ port: relay.port });
    const connection = await connect(pool, host);
    let started = (): void => undefined;
    const began = new Promise<void>((resolve) => {
      started = resolve;
    });
    const running = refusalOf(run(connection, ['sh', '-c', 'echo on; sleep 60'], { onStdout: () => started() }));
    await began;
    relay.cut();
    const refusal = await running;
    expect(refusal.code).toBe('host_unreachable');
    expect(refusal.message).toContain('was lost');
    expect(connection.closed).toBe(true);
    const again = await connect(pool, host);
    expect((await run(again, ['echo', 'back'])).stdout).toBe('back\n');
    expect(pool.handshakesPerHost.get('h1')).toBe(2);
  });

  test('commands that wait for a session hear of the loss too', async () => {
    const relay = await new Relay(sshd.port).start(world);
    const connection = await connect(makePool(), sshd.host({ port: relay.port }));
    const running = Array.from({ length: 12 }, () => refusalOf(run(connection, ['sleep', '60'])));
    await until(() => connection.inUse, 'the sessions to open');
    relay.cut();
    expect((await Promise.all(running)).map(({ code }) => code)).toEqual(running.map(() => 'host_unreachable'));
  });

  test('a network that swallows everything is noticed by keepalive', async () => {
    const relay = await new Relay(sshd.port).start(world);
    const connection = await connect(makePool({ keepaliveMs: 100 }), sshd.host({ port: relay.port }));
    const running = refusalOf(run(connection, ['sleep', '60']));
    relay.freeze();
    expect((await running).code).toBe('host_unreachable');
    expect(connection.closed).toBe(true);
  });

  test('an idle connection is closed after its time, one in use is not', async () => {
    const pool = makePool({ idleCloseMs: 60 });
    const connection = await connect(pool, sshd.host());
    expect((await run(connection, ['sleep', '0.3'])).code).toBe(0);
    await until(() => connection.closed, 'the idle connection to be closed');
    expect((await connect(pool, sshd.host())).closed).toBe(false);
    expect(pool.handshakesPerHost.get('h1')).toBe(2);
  });
});
