import type { ActiveFault, FaultName, FaultOptions } from './faults/types.ts';
import type { EngineName } from './root/release.ts';
import type { ExecResult } from './run.ts';

/** The login to the private registry of every lab. */
export const labLogin = { username: 'lab', password: 'only-in-the-lab' };

export interface LabOptions {
  /** Letters, digits and dashes, at most 24; part of every name. Default `default`. */
  id?: string;
  /** How many hosts, when all have the same engine. Default 3. */
  hosts?: number;
  /** Engine of all hosts. Default 20.10. */
  engine?: EngineName;
  /** Mixed engines, in order of the hosts; overrides `hosts` and `engine`. */
  engines?: EngineName[];
  /** Told what takes long, in one line each. Default: says nothing. */
  log?: (line: string) => void;
}

export interface Lab {
  readonly id: string;
  /** The machine's own address in the lab's network, and the hosts' default route. */
  readonly gateway: string;
  /** `address:port` of the lab's registry, plain HTTP, reachable from the machine and every host. */
  readonly registry: string;
  /** The same images behind `labLogin`. */
  readonly privateRegistry: string;
  /** `10.79.N.0/24`. */
  readonly subnet: string;
  /** Private key that every user of every host accepts. */
  readonly sshKeyFile: string;
  readonly hosts: readonly LabHost[];
  /** The host of that name; throws when there is none. */
  host(name: string): LabHost;
  /** New engines with empty data roots on all hosts at once; SSH host keys, addresses and machine-ids stay. */
  renew(): Promise<void>;
  /** Takes everything down; twice is fine. */
  down(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface LabHost {
  /** `h1`, `h2`, … */
  readonly name: string;
  readonly address: string;
  readonly engine: EngineName;
  readonly sshPort: number;
  readonly user: string;
  readonly sshKeyFile: string;
  /** Path on this machine of the host's Docker socket. Changes when the host is renewed. */
  readonly socketPath: string;
  /** The host's pid 1 as the machine sees it. */
  readonly pid: number;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  hostKeyFingerprint(algorithm?: 'ed25519' | 'ecdsa'): Promise<string>;
  /** Runs a program in the host's namespaces as root, without SSH. Never throws for an exit code. */
  exec(argv: string[], options?: { stdin?: string; timeoutMs?: number }): Promise<ExecResult>;
  /** What dockerd wrote (at debug level) since byte `from`. */
  engineLog(from?: number): Promise<string>;
  /** Length of the log now, for `engineLog` and `engineCalls`. */
  engineMark(): Promise<number>;
  /** Changing calls (POST, PUT, DELETE) that the engine was sent since `from`. */
  engineCalls(from?: number): Promise<EngineCall[]>;
  /** Ends the engine in order and keeps it down. */
  stopEngine(): Promise<void>;
  /** Starts it and waits until it answers. */
  startEngine(): Promise<void>;
  restartEngine(): Promise<void>;
  /** Breaks something; `heal` undoes exactly that. */
  fault(name: FaultName, options?: FaultOptions): Promise<void>;
  /** Undoes every fault on this host, or those of one name. */
  heal(name?: FaultName): Promise<void>;
  faults(): Promise<ActiveFault[]>;
}

export interface EngineCall {
  method: 'POST' | 'PUT' | 'DELETE';
  /** Without the version, with the query: `/networks/create`. */
  path: string;
}

/** An expected refusal: the CLI prints the sentence and exits with 2. */
export class LabRefusal extends Error {
  override readonly name = 'LabRefusal';
}
