import { execPath } from 'node:process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '#core/host.ts';
import { EngineClient } from '#workers/docker/engine.ts';
import { Engines } from '#workers/docker/engines.ts';
import { SshTransport } from '#workers/docker/ssh-transport.ts';
import { engineInfo, pingEngine } from '#workers/docker/system.ts';
import { createNetwork } from '#workers/docker/networks.ts';
import { run } from '#workers/ssh/exec.ts';
import { SshPool, type SshPoolOptions } from '#workers/ssh/pool.ts';
import { FakeEngine } from './ssh-fake-engine.ts';
import { plainUser, refusalOf, Relay, type Sshd, SshWorld, until } from './ssh-world.ts';

let world: SshWorld;
let open: Sshd;
/** An sshd that forwards no streams to sockets. */
let strict: Sshd;
let engine: FakeEngine;
let number = 0;
const closing: { close: () => Promise<void> }[] = [];

beforeAll(async () => {
  world = new SshWorld();
  open = await world.startSshd();
  strict = await world.startSshd({ settings: ['AllowStreamLocalForwarding no'] });
});
beforeEach(async () => {
  number += 1;
  engine = await new FakeEngine(world.path(`engine-${number}.sock`)).start(world);
  engine.json('GET /info', info);
  for (const name of ['docker', 'dockerd', 'sudo']) rmSync(world.path(`bin/${name}`), { force: true });
});
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});
afterAll(() => world.close());

const swarm = {
  NodeID: '',
  NodeAddr: '',
  LocalNodeState: 'inactive',
  ControlAvailable: false,
  Error: '',
  RemoteManagers: null,
};
const info = {
  ID: 'ABCD',
  Name: 'h1',
  ServerVersion: '20.10.24',
  OperatingSystem: 'Debian',
  OSType: 'linux',
  Architecture: 'x86_64',
  KernelVersion: '6.1',
  SecurityOptions: null,
  Swarm: swarm,
};

const makePool = (options: Partial<SshPoolOptions> = {}): SshPool => {
  const pool = new SshPool({ config: world.config, ...options });
  closing.push(pool);
  return pool;
};

/** A client over SSH; the socket is the test's, where a host would have /var/run/docker.sock. */
const clientOf = (host: Host, pool = makePool(), socketPath = engine.socketPath): EngineClient => {
  const client = new EngineClient(new SshTransport(pool, host, new Map([[host.name, host]]), socketPath));
  closing.push(client);
  return client;
};

/** A Docker CLI that does what `docker system dial-stdio` does. Who plays root gets in by TCP. */
const installDocker = (): void => {
  const pipe =
    'const s=require("node:net").connect(JSON.parse(process.argv[1]));process.stdin.pipe(s);s.pipe(process.stdout);' +
    's.on("error",(e)=>{console.error(e.code==="EACCES"?"Got permission denied while trying to connect to the Docker daemon socket":"Cannot connect to the Docker daemon. Is the docker daemon running?");process.exit(1)})';
  world.program(
    'docker',
    `#!/bin/sh
echo "$@" >>${world.path('docker-calls')}
if [ -n "$PLAYS_ROOT" ]; then target='{"port":${engine.tcpPort},"host":"127.0.0.1"}'; else target="{\\"path\\":\\"\${2#unix://}\\"}"; fi
exec ${execPath} -e '${pipe}' "$target"
`,
  );
};

/** A sudo that lets the docker command pass without a password, or with the right one. */
const installSudo = (password: string | null): void => {
  world.program(
    'sudo',
    `#!/bin/sh
if [ "$1" = -n ]; then
  [ -z "${password ?? ''}" ] || { echo 'sudo: a password is required' >&2; exit 1; }
  [ "$2" = -l ] && exit 0
  shift 2; PLAYS_ROOT=1 exec "$@"
fi
shift 2; prompt=$2; shift 3
for attempt in 1 2 3; do
  printf %s "$prompt" >&2; read -r line; echo asked >>${world.path('sudo-asked')}
  [ "$line" = "${password ?? ''}" ] && { PLAYS_ROOT=1; export PLAYS_ROOT; exec "$@"; }
  echo 'Sorry, try again.' >&2
done
echo 'sudo: 3 incorrect password attempts' >&2; exit 1
`,
  );
};

describe('the way to the socket', () => {
  test('a stream to the socket, kept for later calls, beside one handshake', async () => {
    const pool = makePool();
    const client = clientOf(open.host(), pool);
    expect((await engineInfo(client)).ServerVersion).toBe('20.10.24');
    for (let call = 0; call < 5; call += 1) await pingEngine(client);
    expect(client.apiVersion()).toBe('1.41');
    // The HTTP layer may open a second one for a call that comes in the same tick in which the first is freed.
    expect(engine.connections).toBeLessThanOrEqual(2);
    expect(pool.channelsPerHost.get('h1')).toBe(engine.connections);
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
    expect(engine.asked.slice(0, 2)).toEqual(['GET /_ping', 'GET /v1.41/info']);
  });

  test('calls at the same time run side by side', async () => {
    const client = clientOf(open.host());
    await pingEngine(client);
    let running = 0;
    let most = 0;
    engine.on('GET /nodes', (_, response) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        response.end('[]');
      }, 50);
    });
    await Promise.all(Array.from({ length: 12 }, () => client.send({ method: 'GET', path: '/nodes' })));
    expect(most).toBe(12);
  });

  test('where sshd forbids streams, the Docker CLI on a session, found once', async () => {
    installDocker();
    const pool = makePool();
    const client = clientOf(strict.host(), pool);
    expect((await engineInfo(client)).Name).toBe('h1');
    await Promise.all(Array.from({ length: 12 }, () => engineInfo(client)));
    // One for finding the way, and the CLI's own, which leave sessions to commands.
    expect(pool.channelsPerHost.get('h1')).toBeLessThanOrEqual(1 + 5);
    const connection = await pool.connect(strict.host(), new Map());
    expect((await run(connection, ['echo', 'free'])).stdout).toBe('free\n');
  });

  test('where the user has no right on the socket, the CLI by sudo', async () => {
    installDocker();
    installSudo(null);
    expect((await engineInfo(clientOf(open.host({ user: plainUser })))).Name).toBe('h1');
  });

  test('where sudo wants a password, with the one that the worker has', async () => {
    installDocker();
    installSudo('open sesame');
    writeFileSync(world.path('password'), 'open sesame\n');
    const config = { ...world.config, sudoPasswordFiles: new Map([['h1', world.path('password')]]) };
    const client = clientOf(open.host({ user: plainUser }), makePool({ config }));
    expect((await engineInfo(client)).Name).toBe('h1');
    expect(engine.asked.join()).not.toContain('sesame');
  });

  test('a wrong sudo password is tried once', async () => {
    installDocker();
    installSudo('open sesame');
    rmSync(world.path('sudo-asked'), { force: true });
    writeFileSync(world.path('password'), 'wrong');
    const config = { ...world.config, sudoPasswordFiles: new Map([['default', world.path('password')]]) };
    const refusal = await refusalOf(engineInfo(clientOf(open.host({ user: plainUser }), makePool({ config }))));
    expect(refusal.code).toBe('engine_forbidden');
    expect(refusal.message).toContain('the sudo password was not accepted');
    expect(JSON.stringify(refusal) + refusal.message).not.toContain('wrong"');
  });

  test('no right on the socket and no way around', async () => {
    installDocker();
    const refusal = await refusalOf(engineInfo(clientOf(open.host({ user: plainUser }))));
    expect(refusal.code).toBe('engine_forbidden');
    expect(refusal.message).toBe(
      `The user ${plainUser} on h1 has no right to use the Docker socket, and there is no sudo.`,
    );
    expect(refusal.next).toContain(`usermod -aG docker ${plainUser}`);
  });

  test('sshd forbids streams and there is no CLI', async () => {
    const refusal = await refusalOf(engineInfo(clientOf(strict.host())));
    expect(refusal.code).toBe('engine_forbidden');
    expect(refusal.next).toContain('AllowStreamLocalForwarding');
  });

  test('no Docker on the host', async () => {
    const refusal = await refusalOf(engineInfo(clientOf(open.host(), makePool(), '/nowhere/docker.sock')));
    expect(refusal.code).toBe('engine_missing');
    expect(refusal.message).toBe('h1 has no Docker Engine.');
  });

  test('an engine that is installed and does not run', async () => {
    world.program('dockerd', '#!/bin/sh\n');
    const refusal = await refusalOf(engineInfo(clientOf(open.host(), makePool(), '/nowhere/docker.sock')));
    expect(refusal.code).toBe('engine_unreachable');
    expect(refusal.next).toContain('systemctl start docker');
  });

  test('a socket that its engine left behind', async () => {
    installDocker();
    const path = world.path('left-behind.sock');
    const listener = createServer().listen(path);
    await until(() => listener.listening, 'the socket');
    const client = clientOf(strict.host(), makePool(), path);
    // The file stays when the process is gone; here it is kept by a link, for node removes its own.
    await run(await makePool().connect(open.host(), new Map()), ['ln', path, `${path}.kept`]);
    listener.close();
    await run(await makePool().connect(open.host(), new Map()), ['mv', `${path}.kept`, path]);
    expect((await refusalOf(engineInfo(client))).code).toBe('engine_unreachable');
  });

  test('an engine that stops and comes back is found again by the same client', async () => {
    const pool = makePool();
    const client = clientOf(open.host(), pool);
    await engineInfo(client);
    await engine.stop();
    expect((await refusalOf(engineInfo(client))).code).toMatch(/^engine_(missing|unreachable)$/);
    engine = await new FakeEngine(engine.socketPath).start(world);
    engine.json('GET /info', info);
    expect((await engineInfo(client)).Name).toBe('h1');
    expect(pool.handshakesPerHost.get('h1')).toBe(1);
  });
});

describe('engines that do not do their part', () => {
  test('one that is too old', async () => {
    engine.apiVersion = '1.40';
    const refusal = await refusalOf(engineInfo(clientOf(open.host())));
    expect(refusal.code).toBe('engine_too_old');
    expect(refusal.message).toContain('1.41 (Docker 20.10)');
  });

  test('one that is newer than we are is spoken to in our version', async () => {
    engine.apiVersion = '1.55';
    const client = clientOf(open.host());
    await engineInfo(client);
    expect(engine.asked[1]).toBe('GET /v1.47/info');
    expect(client.apiVersion()).toBe('1.55');
  });

  test('something else on the socket', async () => {
    engine.apiVersion = null;
    expect((await refusalOf(engineInfo(clientOf(open.host())))).code).toBe('engine_unreachable');
  });

  test('one that accepts and never answers, as a stopped process does', async () => {
    const client = clientOf(open.host());
    await pingEngine(client);
    engine.on('GET /info', () => undefined);
    const refusal = await refusalOf(engineInfo(client, { timeoutMs: 150 }));
    expect(refusal.code).toBe('engine_unreachable');
    expect(refusal.message).toContain('did not answer GET /info within 0.15 s');
    expect(refusal.next).toContain('The host answers and its engine does not');
    expect((await refusalOf(createNetwork(client, {}, { timeoutMs: 1 }))).done).toContain('not known');
  });

  test('a call that is cancelled', async () => {
    const client = clientOf(open.host());
    engine.on('GET /info', () => undefined);
    const controller = new AbortController();
    const asked = engineInfo(client, { signal: controller.signal });
    await until(() => engine.asked.includes('GET /v1.41/info'), 'the call to arrive');
    controller.abort();
    expect((await refusalOf(asked)).code).toBe('cancelled');
    await pingEngine(client);
  });

  test('one that breaks off in the middle of an answer', async () => {
    const client = clientOf(open.host());
    engine.on('POST /networks/create', (_, response) => {
      response.writeHead(201, { 'content-length': 100 });
      response.write('{"Id":');
      setTimeout(() => response.destroy(), 20);
    });
    const refusal = await refusalOf(createNetwork(client, { Name: 'n' }));
    expect(refusal.code).toBe('engine_unreachable');
    expect(refusal.done).toBe('It is not known whether the engine carried it out.');
  });

  test('one that says what it should not', async () => {
    engine.json('GET /info', { ID: 7 });
    const refusal = await refusalOf(engineInfo(clientOf(open.host())));
    expect(refusal.code).toBe('engine_error');
    expect(refusal.message).toContain('in a form that is not understood');
  });
});

describe('a connection that is lost under a call', () => {
  test('a read is asked again on a new connection, a change is not', async () => {
    const relay = await new Relay(open.port).start(world);
    const host = open.host({ port: relay.port });
    const pool = makePool();
    const client = clientOf(host, pool);
    await pingEngine(client);
    let reads = 0;
    engine.on('GET /info', (_, response) => {
      reads += 1;
      if (reads === 1) relay.cut();
      else response.end(JSON.stringify(info));
    });
    expect((await engineInfo(client)).Name).toBe('h1');
    expect(reads).toBe(2);
    let changes = 0;
    engine.on('POST /networks/create', () => {
      changes += 1;
      relay.cut();
    });
    const refusal = await refusalOf(createNetwork(client, { Name: 'n' }));
    expect(refusal.code).toBe('host_unreachable');
    expect(refusal.done).toBe('It is not known whether the engine carried it out.');
    expect(changes).toBe(1);
    expect((await engineInfo(client)).Name).toBe('h1');
    expect(pool.handshakesPerHost.get('h1')).toBe(3);
  });

  test('a host that was cut off is told from an engine that does not answer', async () => {
    const relay = await new Relay(open.port).start(world);
    const client = clientOf(open.host({ port: relay.port }));
    await pingEngine(client);
    engine.on('GET /info', () => relay.freeze());
    const refusal = await refusalOf(engineInfo(client, { timeoutMs: 200 }));
    expect(refusal.code).toBe('host_unreachable');
    expect(refusal.message).toContain('stopped answering');
  });
});

test('engines keep one client for a host, and a new one when the host is reached otherwise', async () => {
  const engines = new Engines(makePool());
  closing.push(engines);
  const hosts = new Map<string, Host>();
  const first = engines.get(open.host(), hosts);
  expect(engines.get(open.host({ hostKeys: [] }), hosts)).toBe(first);
  expect(engines.get(open.host({ user: plainUser }), hosts)).not.toBe(first);
});
