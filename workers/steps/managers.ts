import { clusterLabel } from '#core/spec/names.ts';
import { AppError } from '#core/errors.ts';
import type { NodeFacts } from '#core/observation.ts';
import type { EngineClient } from '../docker/engine.ts';
import { nodeFacts, swarmStateOf } from '../observe/facts.ts';
import { listNodes } from '../docker/nodes.ts';
import { inspectSwarm } from '../docker/swarm.ts';
import { settledInfo } from '../docker/settled-info.ts';
import { withoutStop } from '#core/sentence.ts';

interface Options {
  engineOf: (host: string) => EngineClient;
  /** Hosts that the spec makes managers, in its order. */
  candidates: string[];
  /** Null until the swarm is on record. */
  swarmId: string | null;
  cluster: string;
}

/**
 * The managers of our swarm. A call goes to the one that answered last, then to the next in the spec's order.
 * A host counts as one only with ControlAvailable and our swarm: its id, or our label before the id is on record.
 */
export class Managers {
  readonly #options: Options;
  readonly #checked = new Map<string, Promise<boolean>>();
  #preferred: string | null = null;
  #nodes: Promise<NodeFacts[]> | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Told by a step that has just seen this host lead our swarm, so that it need not be asked again. */
  noteManager(host: string): void {
    this.#checked.set(host, Promise.resolve(true));
    this.#preferred ??= host;
  }

  /**
   * Calls a manager; when it is away, the next one. Only for calls that may be repeated: reads, and changes
   * whose caller has observed that they were not done. Throws engine_unreachable when none answers.
   */
  async ask<T>(call: (engine: EngineClient, host: string) => Promise<T>): Promise<T> {
    const failures: string[] = [];
    for (const host of this.#inOrder()) {
      try {
        if (!(await this.#isOurs(host))) continue;
        const result = await call(this.#options.engineOf(host), host);
        this.#preferred = host;
        return result;
      } catch (error) {
        if (!isAway(error)) throw error;
        this.#checked.delete(host);
        failures.push(`${host}: ${withoutStop(error.message)}`);
      }
    }
    throw noManager(failures);
  }

  /** Nodes as a manager lists them now; callers at the same moment share one question. */
  nodes(): Promise<NodeFacts[]> {
    this.#nodes ??= this.ask(async (engine) => nodeFacts(await listNodes(engine))).finally(() => {
      this.#nodes = null;
    });
    return this.#nodes;
  }

  #inOrder(): string[] {
    const { candidates } = this.#options;
    return this.#preferred === null
      ? candidates
      : [this.#preferred, ...candidates.filter((host) => host !== this.#preferred)];
  }

  #isOurs(host: string): Promise<boolean> {
    let answer = this.#checked.get(host);
    if (answer === undefined) {
      answer = this.#check(host);
      this.#checked.set(host, answer);
      answer.then(
        (ours) => ours || this.#checked.delete(host),
        () => this.#checked.delete(host),
      );
    }
    return answer;
  }

  async #check(host: string): Promise<boolean> {
    const engine = this.#options.engineOf(host);
    const swarm = swarmStateOf(await settledInfo(engine));
    if (swarm.state !== 'active' || !swarm.controlAvailable) return false;
    // A manager without a leader knows no cluster id, which is not the same as another cluster's.
    if (swarm.clusterId === null && swarm.error !== null) throw withoutLeader(host, swarm.error);
    if (this.#options.swarmId !== null) return swarm.clusterId === this.#options.swarmId;
    return (await inspectSwarm(engine)).Spec.Labels[clusterLabel] === this.#options.cluster;
  }
}

/** True when the host or its engine is away, so that another manager may be asked instead. */
export function isAway(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    (error.code === 'engine_unreachable' || error.code === 'host_unreachable' || error.code === 'timeout')
  );
}

const withoutLeader = (host: string, error: string): AppError =>
  new AppError('engine_unreachable', `The manager on ${host} gets no answer from its swarm (${error}).`, { host });

function noManager(failures: string[]): AppError {
  const why = failures.length === 0 ? 'no host of the spec is a manager of this swarm now' : failures.join('; ');
  return new AppError('engine_unreachable', `No manager of the swarm answers: ${why}.`, {
    next: 'Bring a manager back (`flotilla host probe` says which answer), then retry the operation.',
  });
}
