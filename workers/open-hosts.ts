import type { Host, HostKey } from '#core/host.ts';
import { type Meter, noMeter } from '#core/meter.ts';
import { AppError } from '#core/errors.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { Hosts } from './hosts.ts';
import type { Reporter } from './reporter.ts';
import type { WorkerConfig } from './config.ts';
import { Engines } from './docker/engines.ts';
import { RegistryLogins } from './docker/registry-logins.ts';
import { readBattery } from './ssh/battery.ts';
import { engineProcessCommand, firewallCommand, restartEngineCommand } from './ssh/command.ts';
import { readCounters } from './ssh/counters.ts';
import { readEvidence } from './ssh/evidence.ts';
import { run } from './ssh/exec.ts';
import { readReach, readSystemFacts } from './ssh/facts.ts';
import { readFirstLook } from './ssh/first-look.ts';
import { probeImage, type ProbeImageOptions } from './probe/image.ts';
import { type SecretsConfig, WorkerSecrets } from './secrets.ts';
import type { SshConnection } from './ssh/connection.ts';
import { judgeHostKey } from './ssh/host-key.ts';
import { SshPool } from './ssh/pool.ts';

/** The worker's one pool of connections, and the hosts of each lease as a view on it. */
export class HostAccess {
  readonly pool: SshPool;
  readonly #engines: Engines;
  readonly #open = new Set<{ hosts: ReadonlyMap<string, Host>; reporter: Reporter }>();

  readonly #probe: ProbeImageOptions;
  readonly #logins: RegistryLogins;
  readonly #secrets: SecretsConfig;

  constructor(config: Pick<WorkerConfig, 'ssh' | 'probe' | 'registryLogins' | 'secrets'>, meter: Meter = noMeter) {
    const { ssh, probe, registryLogins, secrets } = config;
    this.#probe = probe;
    this.#logins = new RegistryLogins(registryLogins);
    this.#secrets = secrets;
    this.pool = new SshPool({ config: ssh, onHostKey: (host, key) => this.#tellHostKey(host, key), meter });
    this.#engines = new Engines(this.pool);
  }

  open(lease: Lease, reporter: Reporter): Hosts {
    const hosts = new Map(lease.hosts.map((host) => [host.name, host]));
    const view = { hosts, reporter };
    this.#open.add(view);
    const hostOf = (name: string): Host => {
      const host = hosts.get(name);
      if (host === undefined) throw notOfLease(name);
      return host;
    };
    return {
      all: operatedHosts(lease),
      engine: (name) => this.#engines.get(hostOf(name), hosts),
      shownKey: async (name) => {
        this.#engines.forget(name);
        return (await this.pool.connectAnew(hostOf(name), hosts)).hostKey;
      },
      system: async (name, peers) =>
        readSystemFacts(await this.pool.connect(hostOf(name), hosts), { peers: [...peers] }),
      reach: async (name, addresses) => readReach(await this.pool.connect(hostOf(name), hosts), addresses),
      battery: async (name, ask) => readBattery(await this.pool.connect(hostOf(name), hosts), ask),
      firewall: async (name) =>
        (await run(await this.pool.connect(hostOf(name), hosts), firewallCommand(), { timeoutMs: 10_000 })).stdout,
      firstLook: async (name, ask) => readFirstLook(await this.pool.connect(hostOf(name), hosts), ask),
      evidence: async (name, ask) => readEvidence(await this.pool.connect(hostOf(name), hosts), ask),
      secrets: new WorkerSecrets(this.#secrets, lease.operation.cluster ?? ''),
      registryAuth: (image) => this.#logins.authFor(image),
      counters: async (name, timeoutMs) => readCounters(await this.pool.connect(hostOf(name), hosts), timeoutMs),
      probeImage: (arch) => probeImage(arch, this.#probe),
      engineProcess: async (name) => {
        const { stdout } = await run(await this.pool.connect(hostOf(name), hosts), engineProcessCommand());
        return stdout.trim() === '' ? null : stdout.trim();
      },
      restartEngine: async (name) => restartEngine(await this.pool.connect(hostOf(name), hosts), name),
      release: async () => {
        this.#open.delete(view);
      },
    };
  }

  async close(): Promise<void> {
    await this.#engines.close();
    await this.pool.close();
  }

  /**
   * A key seen at first contact is pinned by the API, through the operations that use the host now. One that is held to
   * another key meets it itself, and is refused then.
   */
  #tellHostKey(host: Host, key: HostKey): void {
    for (const { hosts, reporter } of this.#open) {
      const known = hosts.get(host.name);
      if (known === undefined || judgeHostKey(known, key) === 'changed') continue;
      reporter.report({ type: 'host-key', host: host.name, key });
    }
  }
}

/** The exit code only tells a refusal; whether the engine restarted is seen by looking at it. */
async function restartEngine(connection: SshConnection, host: string): Promise<void> {
  const { code, stderr } = await run(connection, restartEngineCommand(), { timeoutMs: 120_000 });
  if (code === 0) return;
  throw new AppError('engine_forbidden', `The engine of ${host} could not be restarted: ${stderr.trim()}.`, {
    host,
    done: 'The engine runs on as before.',
    next: `Restart it on ${host} by hand (\`systemctl restart docker\`), or give the SSH user sudo for it.`,
  });
}

/** The hosts that the operation is about; the lease also carries bastions that these are reached through. */
function operatedHosts(lease: Lease): Host[] {
  const { request } = lease.operation;
  if (request.kind === 'preflight') return lease.hosts.filter(({ name }) => request.hosts.includes(name));
  if (request.kind === 'adopt')
    return lease.hosts.filter(({ cluster }) => cluster === null || cluster === request.name);
  if ('host' in request) return lease.hosts.filter((host) => host.name === request.host);
  const wanted = new Set(Object.keys(lease.revision?.spec.nodes ?? {}));
  return lease.hosts.filter(
    (host) => wanted.has(host.name) || (host.cluster !== null && host.cluster === lease.cluster?.name),
  );
}

const notOfLease = (name: string): AppError =>
  new AppError('not_found', `The operation has no host ${name}.`, {
    next: `Add it with \`flotilla host add ${name}\`.`,
  });
