import { type Client, unwrap } from '#api/client.ts';
import type { LogRecord } from '#core/logs.ts';
import type { Observation } from '#core/observation.ts';
import type { Plan } from '#core/plan.ts';
import type { Report, ReportBody } from '#core/report.ts';
import type { Outcome } from '#core/step.ts';
import type { Adopted, Lease, Planned } from '#core/worker-wire.ts';

type WithoutTime<T> = T extends { at: string } ? Omit<T, 'at'> : never;
export type Told = WithoutTime<ReportBody>;

const at = '2026-11-24T00:00:00.000Z';

/** A worker without hosts: speaks to the API as a real one does, and says that everything went well. */
export class FakeWorker {
  readonly id: string;
  readonly #api: Client;
  #lease: Lease | null = null;
  #next = 1;

  constructor(api: Client, id = 'wrk_one') {
    this.#api = api;
    this.id = id;
  }

  get lease(): Lease {
    if (this.#lease === null) throw new Error('This worker has no lease.');
    return this.#lease;
  }

  async take(operation: string): Promise<Lease> {
    this.#lease = await unwrap(this.#api.v1.worker.leases.$post({ json: { worker: this.id, operation } }));
    this.#next = this.#lease.nextSequence;
    return this.#lease;
  }

  get #held(): { param: { id: string }; fence: { worker: string; fence: number } } {
    return { param: { id: this.lease.operation.id }, fence: { worker: this.id, fence: this.lease.fence } };
  }

  renew(): Promise<{ leaseMs: number; cancelRequested: boolean }> {
    const { param, fence } = this.#held;
    return unwrap(this.#api.v1.worker.operations[':id'].renewals.$post({ param, json: fence }));
  }

  observe(observation: Observation): Promise<Planned> {
    const { param, fence } = this.#held;
    return unwrap(this.#api.v1.worker.operations[':id'].observation.$post({ param, json: { ...fence, observation } }));
  }

  /** What was seen of a swarm to adopt. */
  adopt(observation: Observation): Promise<Adopted> {
    const { param, fence } = this.#held;
    return unwrap(this.#api.v1.worker.operations[':id'].adoption.$post({ param, json: { ...fence, observation } }));
  }

  /** Reports in order, in one batch. */
  async tell(...told: Told[]): Promise<{ accepted: number; cancelRequested: boolean }> {
    const reports = this.reports(...told);
    const answer = await this.send(reports);
    this.#next += reports.length;
    return answer;
  }

  /** Numbered reports that were not sent. */
  reports(...told: Told[]): Report[] {
    return told.map((body, index) => ({ sequence: this.#next + index, body: timed(body) }));
  }

  send(reports: Report[]): Promise<{ accepted: number; cancelRequested: boolean }> {
    const { param, fence } = this.#held;
    return unwrap(this.#api.v1.worker.operations[':id'].reports.$post({ param, json: { ...fence, reports } }));
  }

  /** What programs printed, to whoever waits for it. */
  async handOver(records: LogRecord[], isLast = true, sequence?: number): Promise<boolean> {
    const { param, fence } = this.#held;
    const json = { ...fence, records, isLast, ...(sequence === undefined ? {} : { sequence }) };
    return (await unwrap(this.#api.v1.worker.operations[':id'].logs.$post({ param, json }))).isTaken;
  }

  /** Every step of the plan, done. */
  async runSteps({ steps }: Plan, outcome: Outcome = { kind: 'done' }): Promise<void> {
    for (const { id } of steps) {
      await this.tell({ type: 'step-started', step: id }, { type: 'step-ended', step: id, outcome, ms: 5 });
    }
  }

  end(state: 'succeeded' | 'failed' | 'blocked' | 'cancelled' = 'succeeded', code?: string) {
    const error = code === undefined ? null : { code, message: `It ended with ${code}.` };
    return this.tell({ type: 'ended', state, error });
  }

  /** The whole life of an apply or a plan on what is observed. */
  async run(operation: string, observation: Observation): Promise<Planned> {
    const lease = await this.take(operation);
    const planned = await this.observe(observation);
    if (planned.kind !== 'planned') return planned;
    if (lease.operation.kind === 'apply') await this.runSteps(planned.plan);
    await this.end();
    return planned;
  }
}

const timed = (told: Told): ReportBody => ({ ...told, at });
