import type { HandedOver, LogBatch } from '#core/logs.ts';
import type { Observation } from '#core/observation.ts';
import type { Report } from '#core/report.ts';
import type { Adopted, Doorbells, Lease, Planned } from '#core/worker-wire.ts';
import type { RenewResult } from './lease-keeper.ts';
import type { SendResult } from './reporter.ts';

/** What a worker asks of the API. `worker-client.ts` speaks HTTP (or calls the app in the same process). */
export interface WorkerApi {
  /** Operations that this worker holds from before a restart, oldest first. Throws when the API is away. */
  held: () => Promise<string[]>;
  /**
   * Null when there is nothing to run: finished, not its turn, or held by another worker; `other-worker` when it is for
   * a worker with other labels. Throws when the API is away.
   */
  lease: (operation: string) => Promise<Lease | 'other-worker' | null>;
  /** What is due for this worker; waits for it. Throws when the API is away, or the signal aborts. */
  doorbells: (wanted: { after: string; waitS: number; signal: AbortSignal }) => Promise<Doorbells>;
  renew: (operation: string, fence: number) => Promise<RenewResult>;
  /** Gives a lease back, so that another worker may go on at once. Best effort: without it the lease runs out. */
  release: (operation: string, fence: number) => Promise<void>;
  /** Hands in what was observed and gets the plan, or the refusal with which the operation ended. */
  submitObservation: (operation: string, fence: number, observation: Observation) => Promise<Planned>;
  /** Hands in what was seen of a swarm to adopt; a refusal has ended the operation. */
  submitAdoption: (operation: string, fence: number, observation: Observation) => Promise<Adopted>;
  /** Hands what was read to who waits for it, past everything that is written down. Not taken when nobody does any more. */
  handOver: (operation: string, fence: number, batch: LogBatch) => Promise<HandedOver>;
  sendReports: (
    operation: string,
    fence: number,
    reports: Report[],
  ) => Promise<{ result: SendResult; cancelRequested: boolean }>;
}
