import type { OperationError } from '#core/operation.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { Hosts } from './hosts.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import type { Reporter } from './reporter.ts';
import type { Telemetry } from './telemetry.ts';
import type { WorkerApi } from './worker-api.ts';

/** How an operation ended, or `handed-back`: it stays running and is taken up again from its ledger. */
export type Ended =
  | { kind: 'ended'; state: 'succeeded' | 'failed' | 'blocked' | 'cancelled'; error: OperationError | null }
  /** The API itself has ended it, with the answer to an observation. */
  | { kind: 'ended-by-api' }
  | { kind: 'handed-back' };

export interface RunContext {
  lease: Lease;
  api: WorkerApi;
  hosts: Hosts;
  reporter: Reporter;
  keeper: LeaseKeeper;
  telemetry: Telemetry;
  /** Gives the place for operations back and runs on beside them. @throws AppError `busy` where too many do */
  detach: () => void;
}
