import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '#core/host.ts';
import type { SshConnection } from '#workers/ssh/connection.ts';
import { run } from '#workers/ssh/exec.ts';
import { readSystemFacts } from '#workers/ssh/facts.ts';
import { SshPool } from '#workers/ssh/pool.ts';
import { refusalOf, type Sshd, SshWorld } from './ssh-world.ts';

let world: SshWorld;
let sshd: Sshd;
const pools: SshPool[] = [];

beforeAll(async () => {
  world = new SshWorld();
  sshd = await world.startSshd();
});
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});
afterAll(() => world.close());

const makePool = (): SshPool => {
  const pool = new SshPool({ config: world.config });
  pools.push(pool);
  return pool;
};
const connect = (pool: SshPool, host: Host): Promise<SshConnection> => pool.connect(host, new Map());

describe('commands', () => {
  test('arguments arrive as they are, and output, exit code and signal come back', async () => {
    const connection = await connect(makePool(), sshd.host());
    const odd = ['', ' ', "it's", '"$HOME"', '$(id)', '`id`', 'a\nb', '\\', '*', '~', '-n', '!', 'ü€', ';&|<>(){}[]#%'];
    const printed = await run(connection, ['printf', '%s\\0', ...odd]);
    expect(printed.stdout.split('\0').slice(0, -1)).toEqual(odd);
    expect(await run(connection, ['sh', '-c', 'cat; echo problem >&2; exit 3'], { stdin: 'given' })).toEqual({
      code: 3,
      signal: null,
      stdout: 'given',
      stderr: 'problem\n',
      truncated: false,
    });
    expect(await run(connection, ['sh', '-c', 'kill -9 $$'])).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  test('output beyond the limit is dropped and said', async () => {
    const connection = await connect(makePool(), sshd.host());
    const result = await run(connection, ['head', '-c', '3000000', '/dev/zero'], { maxBytes: 1000 });
    expect(result).toMatchObject({ code: 0, truncated: true });
    expect(result.stdout.length).toBe(1000);
  });

  test('a command that runs too long is given up, and so is one that is cancelled', async () => {
    const connection = await connect(makePool(), sshd.host());
    const late = await refusalOf(run(connection, ['sleep', '3'], { timeoutMs: 100 }));
    expect(late.code).toBe('timeout');
    expect(late.message).toBe('sleep on h1 did not end within 0.1 s.');
    const controller = new AbortController();
    const running = run(connection, ['sleep', '3'], { signal: controller.signal });
    controller.abort();
    expect((await refusalOf(running)).code).toBe('cancelled');
    const after = Array.from({ length: 10 }, () => run(connection, ['true']));
    expect((await Promise.all(after)).every(({ code }) => code === 0)).toBe(true);
  });

  test('a command that does not read its input fails nothing', async () => {
    const connection = await connect(makePool(), sshd.host());
    const result = await run(connection, ['sh', '-c', 'exec <&-; echo on'], { stdin: 'x'.repeat(5_000_000) });
    expect(result).toMatchObject({ code: 0, stdout: 'on\n' });
  });

  test('twenty at once pass through the eight sessions of a connection', async () => {
    const pool = makePool();
    const connection = await connect(pool, sshd.host());
    const all = Array.from({ length: 20 }, (_, index) => run(connection, ['sh', '-c', `sleep 0.05; echo ${index}`]));
    expect((await Promise.all(all)).map(({ stdout }) => stdout)).toEqual(all.map((_, index) => `${index}\n`));
    expect(pool.channelsPerHost.get('h1')).toBe(20);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
  });

  test('an sshd that allows fewer sessions slows us down and fails nothing', async () => {
    const narrow = await world.startSshd({ settings: ['MaxSessions 2'] });
    const connection = await connect(makePool(), narrow.host());
    const all = Array.from({ length: 10 }, () => run(connection, ['sh', '-c', 'sleep 0.05; echo done']));
    expect((await Promise.all(all)).every(({ stdout }) => stdout === 'done\n')).toBe(true);
  });

  test('the facts of the system are read in one command', async () => {
    const pool = makePool();
    const connection = await connect(pool, sshd.host());
    const facts = await readSystemFacts(connection, { peers: [] });
    expect(facts.listeningTcp).toContain(sshd.port);
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(2000);
    expect(facts.pathMtu).toEqual({});
    expect(pool.channelsPerHost.get('h1')).toBe(1);
    expect((await refusalOf(readSystemFacts(connection, { peers: ['-oProxyCommand=x'] }))).code).toBe('invalid_input');
  });
});

describe('the path MTU', () => {
  /** A ping on a path that carries packets up to `limit` bytes, and says `hint` of those that are larger. */
  const installPing = (limit: number, hint = ''): void =>
    world.program(
      'ping',
      `#!/bin/sh
while [ $# -gt 1 ]; do
  case $1 in -s) size=$2 ;; esac
  shift
done
echo "$size" >>${world.path('pinged')}
case $1 in *:*) size=$((size + 48)) ;; *) size=$((size + 28)) ;; esac
[ $size -le ${limit} ] && exit 0
echo '${hint}'; exit 1
`,
    );
  const measure = async (peer: string): Promise<{ bytes: number; measured: boolean; pings: number }> => {
    rmSync(world.path('pinged'), { force: true });
    const connection = await connect(makePool(), sshd.host());
    const { pathMtu } = await readSystemFacts(connection, { peers: [peer] });
    const found = pathMtu[peer];
    if (found === undefined) throw new Error(`nothing about ${peer}`);
    return { ...found, pings: readFileSync(world.path('pinged'), 'utf8').trim().split('\n').length };
  };
  const lo = 65_536;
  /** 0 for an interface that is gone by now: other tests make and remove some. */
  const mtuOf = (name: string): number => {
    try {
      return Number(readFileSync(`/sys/class/net/${name}/mtu`, 'utf8'));
    } catch {
      return 0;
    }
  };
  const largest = Math.max(...readdirSync('/sys/class/net').map((name) => (name === 'lo' ? 0 : mtuOf(name))));

  test('is that of the largest interface when a packet of its size passes', async () => {
    installPing(largest);
    expect(await measure('127.0.0.1')).toEqual({ bytes: largest, measured: true, pings: 1 });
    expect(await measure('::1')).toEqual({ bytes: largest, measured: true, pings: 1 });
    expect(await measure('localhost')).toEqual({ bytes: largest, measured: true, pings: 1 });
  });

  test('is what the kernel says of the path, when that passes', async () => {
    installPing(1400, 'ping: local error: message too long, mtu=1400');
    expect(await measure('127.0.0.1')).toEqual({ bytes: 1400, measured: true, pings: 3 });
    installPing(1450, 'From 127.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1450)');
    expect(await measure('127.0.0.1')).toEqual({ bytes: 1450, measured: true, pings: 3 });
  });

  test('is found by halving where large packets vanish without a word', async () => {
    installPing(1391);
    expect(await measure('127.0.0.1')).toMatchObject({ bytes: 1391, measured: true });
    installPing(1290);
    expect(await measure('::1')).toMatchObject({ bytes: 1290, measured: true });
    installPing(600);
    expect(await measure('127.0.0.1')).toMatchObject({ bytes: 600, measured: true });
  });

  test('is assumed where no ping passes at all', async () => {
    installPing(0);
    expect(await measure('127.0.0.1')).toEqual({ bytes: lo, measured: false, pings: 3 });
  });
});
