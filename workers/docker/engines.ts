import type { Host } from '#core/host.ts';
import type { SshPool } from '../ssh/pool.ts';
import { identityOf, routeTo } from '../ssh/route.ts';
import { EngineClient } from './engine.ts';
import { SshTransport } from './ssh-transport.ts';

interface Entry {
  identity: string;
  transport: SshTransport;
  client: EngineClient;
}

/** The engines of all hosts, one client each, over the worker's pool of SSH connections. */
export class Engines {
  readonly #pool: SshPool;
  readonly #entries = new Map<string, Entry>();

  constructor(pool: SshPool) {
    this.#pool = pool;
  }

  /** Connects at the first call, not here. Throws host_unreachable when the bastion is not among `hosts`. */
  get(host: Host, hosts: ReadonlyMap<string, Host>): EngineClient {
    const identity = identityOf(routeTo(host, hosts));
    const present = this.#entries.get(host.name);
    if (present?.identity === identity) {
      present.transport.update(host, hosts);
      return present.client;
    }
    void present?.client.close();
    const transport = new SshTransport(this.#pool, host, hosts);
    const client = new EngineClient(transport);
    this.#entries.set(host.name, { identity, transport, client });
    return client;
  }

  /**
   * Who asks for it from now on gets one that dials anew: what is open leads to whoever answered then. Who has the former
   * one goes on with it, and its channels close when they have rested.
   */
  forget(host: string): void {
    this.#entries.delete(host);
  }

  async close(): Promise<void> {
    const clients = [...this.#entries.values()].map((entry) => entry.client);
    this.#entries.clear();
    await Promise.all(clients.map((client) => client.close()));
  }
}
