import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbeCheck } from '#workers/probe/protocol.ts';
import { runChecks, startProber } from './prober.ts';
import { canRun, makeWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;
const near = () => ({ namespace: world.near, root: world.root });
const far = () => ({ namespace: world.far, root: world.root });
const one = async (check: ProbeCheck) => (await runChecks(near(), [check]))[check.id];

describe.skipIf(!canRun)('the prober, in the image, with the capabilities of a container', () => {
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.remove());

  test('the id of a check comes back as it was given', async () => {
    const id = 'h1 → h2 "überlang"\t%';
    expect(await one({ kind: 'tcp', id, host: 'web', port: 80 })).toMatchObject({ id, status: 'ok' });
  });

  describe('dns', () => {
    test.each([
      ['web', { status: 'ok', addresses: ['10.9.2.2'], server: '127.0.0.1' }],
      ['tasks.web', { status: 'ok', addresses: ['10.9.2.2', '10.9.2.3'] }],
      ['gone', { status: 'fail', error: 'nxdomain' }],
      ['sick', { status: 'fail', error: 'servfail' }],
      ['six', { status: 'fail', error: 'no_address' }],
      ['odd', { status: 'fail', error: 'malformed' }],
      ['mute', { status: 'fail', error: 'timeout', ms: null }],
      ['a..b', { status: 'fail', error: 'invalid' }],
    ])('%s', async (name, expected) => {
      expect(await one({ kind: 'dns', id: name, name, timeoutMs: 600 })).toMatchObject(expected);
    });

    test('all 300 addresses of a large service come in one answer', async () => {
      const result = await one({ kind: 'dns', id: 'crowd', name: 'crowd' });
      expect(result?.addresses).toHaveLength(300);
      expect(result?.truncated).toBe(false);
    });

    test('IPv6 addresses are asked for by type', async () => {
      const result = await one({ kind: 'dns', id: 'six', name: 'six', type: 'AAAA' });
      expect(result).toMatchObject({ status: 'ok', addresses: ['fd09:2::2'] });
    });

    test('a nameserver that is not there is refused, not silent', async () => {
      const result = await one({ kind: 'dns', id: 'd', name: 'web', server: '10.9.2.2' });
      expect(result).toMatchObject({ status: 'fail', error: 'refused' });
    });
  });

  describe('ping', () => {
    test('counts echoes and measures them', async () => {
      const result = await one({ kind: 'ping', id: 'p', host: 'web', count: 3 });
      expect(result).toMatchObject({
        status: 'ok',
        sent: 3,
        received: 3,
        address: '10.9.2.2',
        detail: '3 of 3 came back',
      });
      expect(result?.ms).toBeGreaterThan(0);
      expect(result?.maxMs).toBeGreaterThanOrEqual(result?.ms ?? Infinity);
    });

    test('a full packet passes with DF, one byte more is too long for the own link', async () => {
      const results = await runChecks(near(), [
        { kind: 'ping', id: 'full', host: 'web', size: 1472, df: true },
        { kind: 'ping', id: 'more', host: 'web', size: 1473, df: true },
        { kind: 'ping', id: 'pieces', host: 'web', size: 8000 },
      ]);
      expect(results['full']).toMatchObject({ status: 'ok' });
      expect(results['more']).toMatchObject({
        status: 'fail',
        error: 'too_long',
        mtu: 1500,
        detail: 'Message too long',
      });
      expect(results['pieces']).toMatchObject({ status: 'ok' });
    });

    test('no answer is a timeout with its count, an unreachable network says who said so', async () => {
      const results = await runChecks(near(), [
        { kind: 'ping', id: 'lost', host: '10.9.3.1', count: 2, timeoutMs: 700 },
        { kind: 'ping', id: 'refused', host: '10.9.4.1', timeoutMs: 700 },
      ]);
      expect(results['lost']).toMatchObject({ status: 'fail', error: 'timeout', sent: 2, received: 0, ms: null });
      expect(results['refused']).toMatchObject({ status: 'fail', error: 'no_route', reporter: '10.9.1.1' });
    });

    test('IPv6 works the same', async () => {
      const results = await runChecks(near(), [
        { kind: 'ping', id: 'literal', host: 'fd09:2::2', size: 1452, df: true },
        { kind: 'ping', id: 'name', host: 'six', family: 6 },
        { kind: 'ping', id: 'long', host: 'fd09:2::2', size: 1453, df: true },
      ]);
      expect(results['literal']).toMatchObject({ status: 'ok' });
      expect(results['name']).toMatchObject({ status: 'ok', address: 'fd09:2::2' });
      expect(results['long']).toMatchObject({ status: 'fail', error: 'too_long', mtu: 1500 });
    });

    test('without the right to raw sockets it is skipped, unless the namespace lets everybody ping', async () => {
      const ping: ProbeCheck = { kind: 'ping', id: 'p', host: 'web', count: 2 };
      const poor = { ...near(), without: ['net_raw'] };
      expect((await runChecks(poor, [ping]))['p']).toMatchObject({
        status: 'skipped',
        error: 'not_permitted',
        ms: null,
      });
      await world.near.run('sh', '-c', 'echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range');
      const long: ProbeCheck = { kind: 'ping', id: 'long', host: 'web', size: 1473, df: true };
      const refused: ProbeCheck = { kind: 'ping', id: 'refused', host: '10.9.4.1' };
      const results = await runChecks(poor, [ping, long, refused]);
      await world.near.run('sh', '-c', 'echo 1 0 >/proc/sys/net/ipv4/ping_group_range');
      expect(results['p']).toMatchObject({ status: 'ok', received: 2 });
      expect(results['long']).toMatchObject({ status: 'fail', error: 'too_long' });
      expect(results['refused']).toMatchObject({ status: 'fail', error: 'no_route' });
    });
  });

  describe('on a path with a smaller MTU', () => {
    const large: ProbeCheck = { kind: 'ping', id: 'large', host: 'web', size: 1472, df: true, timeoutMs: 700 };
    const small: ProbeCheck = { kind: 'ping', id: 'small', host: 'web', size: 1372, df: true };
    const pmtu: ProbeCheck = { kind: 'pmtu', id: 'pmtu', host: 'web' };

    test('a router that says so is told, with what it allows, and the healed path passes at once', async () => {
      await world.router.run('ip', 'link', 'set', 'far', 'mtu', '1400');
      const results = await runChecks(near(), [large, small, pmtu]);
      await world.router.run('ip', 'link', 'set', 'far', 'mtu', '1500');
      expect(results['large']).toMatchObject({ status: 'fail', error: 'too_long', mtu: 1400, reporter: '10.9.1.1' });
      expect(results['small']).toMatchObject({ status: 'ok' });
      expect(results['pmtu']).toMatchObject({ status: 'ok', mtu: 1400 });
      expect(await one(large)).toMatchObject({ status: 'ok' });
    });

    test('a black hole is a timeout, and its edge is found to the byte', async () => {
      await world.far.run('ip', 'link', 'set', 'wire', 'mtu', '1377');
      const results = await runChecks(near(), [large, pmtu, { ...pmtu, id: 'low', low: 1400, timeoutMs: 4000 }]);
      await world.far.run('ip', 'link', 'set', 'wire', 'mtu', '1500');
      expect(results['large']).toMatchObject({ status: 'fail', error: 'timeout' });
      // A veth end takes frames of its MTU and a VLAN tag: 4 bytes more than what its own side would send.
      expect(results['pmtu']?.mtu).toBeOneOf([1377, 1381]);
      expect(results['low']).toMatchObject({ status: 'fail', error: 'timeout' });
    });

    test('a healthy path gives the MTU of the link', async () => {
      expect(await one(pmtu)).toMatchObject({ status: 'ok', mtu: 1500 });
    });
  });

  test('tcp tells open, refused, silent, and no route apart', async () => {
    const results = await runChecks(near(), [
      { kind: 'tcp', id: 'open', host: 'web', port: 80 },
      { kind: 'tcp', id: 'hosts-file', host: 'far-host', port: 80 },
      { kind: 'tcp', id: 'closed', host: 'web', port: 2377 },
      { kind: 'tcp', id: 'silent', host: '10.9.3.1', port: 80, timeoutMs: 500 },
      { kind: 'tcp', id: 'no-route', host: '10.9.4.1', port: 80 },
      { kind: 'tcp', id: 'no-name', host: 'gone', port: 80 },
      { kind: 'tcp', id: 'source', host: 'web', port: 80, from: '10.9.1.2' },
      { kind: 'tcp', id: 'not-mine', host: 'web', port: 80, from: '10.9.1.77' },
    ]);
    expect(results['open']).toMatchObject({ status: 'ok', address: '10.9.2.2', resent: 0 });
    expect(results['open']?.rttMs).toBeGreaterThan(0);
    expect(results['hosts-file']).toMatchObject({ status: 'ok' });
    expect(results['closed']).toMatchObject({ status: 'fail', error: 'refused', detail: 'Connection refused' });
    expect(results['silent']).toMatchObject({ status: 'fail', error: 'timeout', ms: null });
    expect(results['no-route']).toMatchObject({ status: 'fail', error: 'no_route', detail: 'No route to host' });
    expect(results['no-name']).toMatchObject({ status: 'skipped', error: 'nxdomain', ms: null });
    expect(results['source']).toMatchObject({ status: 'ok' });
    expect(results['not-mine']).toMatchObject({ status: 'fail', error: 'no_such_address' });
  });

  test('http gives status and size, and knows what is no answer', async () => {
    const results = await runChecks(near(), [
      { kind: 'http', id: 'ok', url: 'http://web:80/' },
      { kind: 'http', id: 'missing', url: 'http://web/nope' },
      { kind: 'http', id: 'expected', url: 'http://web/nope', expect: 404 },
      { kind: 'http', id: 'elsewhere', url: 'http://shop.example/host', host: '10.9.2.2', expect: 404 },
      { kind: 'http', id: 'dead-air', url: 'http://web:81/', timeoutMs: 500 },
      { kind: 'http', id: 'silent', url: 'http://10.9.3.1/', timeoutMs: 60_000 },
      { kind: 'http', id: 'hangs-up', url: 'http://web:82/' },
      { kind: 'http', id: 'cut-off', url: 'http://web:83/' },
    ]);
    expect(results['ok']).toMatchObject({ status: 'ok', http: 200, bytes: 612, detail: 'HTTP 200, 612 bytes' });
    expect(results['missing']).toMatchObject({
      status: 'fail',
      error: 'http_status',
      http: 404,
      detail: 'HTTP 404, expected 200',
    });
    expect(results['expected']).toMatchObject({ status: 'ok', http: 404 });
    expect(results['elsewhere']).toMatchObject({ status: 'ok', bytes: 'shop.example'.length });
    expect(results['dead-air']).toMatchObject({
      status: 'fail',
      error: 'timeout',
      detail: expect.stringContaining('connected'),
    });
    // The long limit is for an answer: a connection stands soon or never.
    expect(results['silent']).toMatchObject({
      error: 'timeout',
      detail: 'no answer from 10.9.3.1 port 80 within 2500 ms',
    });
    expect(results['hangs-up']).toMatchObject({ status: 'fail', error: 'not_http' });
    expect(results['cut-off']).toMatchObject({ status: 'fail', error: 'cut_off' });
  });

  test('all addresses of a name are tried, and one that fails is named', async () => {
    const results = await runChecks(near(), [
      { kind: 'ping', id: 'both', host: 'tasks.web', all: true },
      { kind: 'tcp', id: 'half', host: 'tasks.web', port: 80, all: true },
      { kind: 'http', id: 'half-http', url: 'http://tasks.web/', all: true },
    ]);
    expect(results['both']).toMatchObject({ status: 'ok', addresses: ['10.9.2.2', '10.9.2.3'] });
    expect(results['half']).toMatchObject({
      status: 'fail',
      error: 'refused',
      detail: '10.9.2.3: Connection refused',
      each: [
        { address: '10.9.2.2', status: 'ok' },
        { address: '10.9.2.3', status: 'fail' },
      ],
    });
    expect(results['half-http']).toMatchObject({ status: 'fail', error: 'refused' });
  });

  test('1 MB arrives whole at a listener, which tells whom it saw; what is no listener of ours is a mismatch', async () => {
    const listener = startProber(far(), { listen: [{ proto: 'tcp', port: 0 }], stdin: true });
    const [port = 0] = await listener.ports();
    const results = await runChecks(near(), [
      ...Array.from({ length: 8 }, (_, id): ProbeCheck => ({
        kind: 'bulk',
        id: `${id}`,
        host: 'web',
        port,
        nonce: `nonce-${id}`,
      })),
      { kind: 'bulk', id: 'hello', host: 'web', port, nonce: 'hello', bytes: 0 },
      { kind: 'bulk', id: 'web-server', host: 'web', port: 80, nonce: 'n' },
      { kind: 'bulk', id: 'dead-air', host: 'web', port: 81, nonce: 'n', timeoutMs: 500 },
    ]);
    listener.closeStdin();
    for (let id = 0; id < 8; id++) {
      expect(results[id]).toMatchObject({ status: 'ok', bytes: 1_048_576, seenAs: '10.9.1.2' });
    }
    expect(results['hello']).toMatchObject({ status: 'ok', bytes: 0, seenAs: '10.9.1.2' });
    expect(['mismatch', 'reset']).toContain(results['web-server']?.error);
    expect(results['dead-air']).toMatchObject({ status: 'fail', error: 'timeout' });
    expect((await listener.ended).done).toMatchObject({ expired: false });
  });

  test('a large transfer over a black hole stalls, while the connection stands', async () => {
    const listener = startProber(far(), { listen: [{ proto: 'tcp', port: 0 }], stdin: true });
    const [port = 0] = await listener.ports();
    // The far end tells of segments of 1460 bytes, but its link takes less, and nobody says so. A veth lets
    // unsegmented packets of any size through: they must be cut before it.
    await world.router.run('chroot', world.root, 'ethtool', '-K', 'far', 'tso', 'off', 'gso', 'off');
    await world.far.run('ip', 'route', 'change', 'default', 'via', '10.9.2.1', 'advmss', '1460');
    await world.far.run('ip', 'link', 'set', 'wire', 'mtu', '1300');
    const results = await runChecks(near(), [
      { kind: 'tcp', id: 'small', host: 'web', port },
      { kind: 'bulk', id: 'large', host: 'web', port, nonce: 'n', timeoutMs: 1000 },
    ]);
    await world.far.run('ip', 'link', 'set', 'wire', 'mtu', '1500');
    listener.closeStdin();
    await listener.ended;
    expect(results['small']).toMatchObject({ status: 'ok' });
    expect(results['large']).toMatchObject({
      status: 'fail',
      error: 'timeout',
      detail: expect.stringContaining('did not get through'),
    });
  });

  test('a UDP nonce is heard with the source that it left from, in each direction by itself', async () => {
    const ports = [4789, 7946, 7789];
    const listen = ports.map((port) => ({ proto: 'udp' as const, port }));
    const [here, there] = [startProber(near(), { listen, stdin: true }), startProber(far(), { listen, stdin: true })];
    await Promise.all([here.ports(), there.ports()]);
    const towards = (host: string): ProbeCheck[] =>
      ports.map((port) => ({ kind: 'udp', id: `${host}:${port}`, host, port, nonce: `to-${host}-${port}` }));
    here.write(towards('10.9.2.2'));
    there.write(towards('10.9.1.2'));
    for (const [from, to, source] of [
      [here, there, '10.9.1.2'],
      [there, here, '10.9.2.2'],
    ] as const) {
      for (const port of ports) {
        const host = source === '10.9.1.2' ? '10.9.2.2' : '10.9.1.2';
        const sent = await from.until((event) => event.event === 'check' && event.id === `${host}:${port}`);
        const heard = await to.until((event) => event.event === 'heard' && event.port === port);
        expect(sent).toMatchObject({ status: 'ok', sent: 3, source });
        expect(heard).toMatchObject({ from: source, nonce: `to-${host}-${port}` });
      }
    }
    here.closeStdin();
    there.closeStdin();
    await Promise.all([here.ended, there.ended]);
  });

  test('UDP to a closed port is refused; dropped on the way it passes as sent, and nothing is heard', async () => {
    const results = await runChecks(near(), [
      { kind: 'udp', id: 'closed', host: 'web', port: 4789, nonce: 'n' },
      { kind: 'udp', id: 'dropped', host: '10.9.3.1', port: 4789, nonce: 'n' },
    ]);
    expect(results['closed']).toMatchObject({ status: 'fail', error: 'refused' });
    expect(results['dropped']).toMatchObject({ status: 'ok', detail: '3 left, none was refused' });
  });

  test('a datagram of a size arrives whole, and with DF one that does not fit is refused on its way', async () => {
    const prober = startProber(far(), { listen: [{ proto: 'udp', port: 0 }], stdin: true });
    const [port = 0] = await prober.ports();
    const large = { kind: 'udp', host: '10.9.2.2', port, size: 1472, count: 1 } as const;
    await runChecks(near(), [{ ...large, id: 'fits', nonce: 'fits', df: true }]);
    await world.router.run('ip', 'link', 'set', 'far', 'mtu', '1400');
    try {
      const results = await runChecks(near(), [
        { ...large, id: 'refused', nonce: 'refused', df: true },
        { ...large, id: 'cut', nonce: 'cut' },
      ]);
      expect(results['refused']).toMatchObject({ status: 'fail', error: 'too_long' });
      expect(results['cut']).toMatchObject({ status: 'ok' });
    } finally {
      await world.router.run('ip', 'link', 'set', 'far', 'mtu', '1500');
    }
    await prober.until((event) => event.event === 'heard' && event.nonce === 'cut');
    prober.closeStdin();
    const { heard } = await prober.ended;
    expect(heard.map(({ nonce, bytes }) => `${nonce} ${bytes}`)).toEqual(['fits 1472', 'cut 1472']);
  });

  test('packets of ESP are heard with their nonce and source', async () => {
    const prober = startProber(far(), { esp: true, stdin: true });
    await prober.ports();
    await runChecks(near(), [{ kind: 'esp', id: 'esp', host: '10.9.2.2', nonce: 'esp-1', count: 1 }]);
    await prober.until((event) => event.event === 'heard');
    prober.closeStdin();
    expect((await prober.ended).heard).toMatchObject([{ proto: 'esp', nonce: 'esp-1', from: '10.9.1.2' }]);
  });
});
