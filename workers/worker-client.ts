import { type Client, unwrap } from '#api/client.ts';
import { AppError } from '#core/errors.ts';
import type { SendResult } from './reporter.ts';
import type { WorkerApi } from './worker-api.ts';

/** The API as a worker sees it, over the typed client. `worker` is the id that it keeps on disk. */
export function workerApi(client: Client, worker: string, labels: readonly string[] = []): WorkerApi {
  const operations = client.v1.worker.operations[':id'];
  return {
    held: async () => (await unwrap(client.v1.worker.leases.$get({ query: { worker } }))).operations,
    lease: async (operation) => {
      const lease = client.v1.worker.leases.$post({ json: { worker, operation, labels: [...labels] } });
      try {
        return await unwrap(lease);
      } catch (error) {
        if (hasCode(error, 'busy', 'conflict', 'not_found')) return null;
        if (hasCode(error, 'other_worker')) return 'other-worker';
        throw error;
      }
    },
    doorbells: ({ after, waitS, signal }) => {
      const query = { worker, labels: labels.join(), after, wait: String(waitS) };
      return unwrap(client.v1.worker.doorbells.$get({ query }, { init: { signal } }));
    },
    renew: async (id, fence) => {
      try {
        const { cancelRequested } = await unwrap(operations.renewals.$post({ param: { id }, json: { worker, fence } }));
        return { kind: 'renewed', cancelRequested };
      } catch (error) {
        return { kind: isAnswer(error) ? 'lost' : 'away' };
      }
    },
    release: async (id, fence) => {
      await unwrap(operations.release.$post({ param: { id }, json: { worker, fence } })).catch(() => {});
    },
    submitObservation: (id, fence, observation) =>
      unwrap(operations.observation.$post({ param: { id }, json: { worker, fence, observation } })),
    submitAdoption: (id, fence, observation) =>
      unwrap(operations.adoption.$post({ param: { id }, json: { worker, fence, observation } })),
    handOver: (id, fence, batch) => unwrap(operations.logs.$post({ param: { id }, json: { worker, fence, ...batch } })),
    sendReports: async (id, fence, reports) => {
      try {
        const { cancelRequested } = await unwrap(
          operations.reports.$post({ param: { id }, json: { worker, fence, reports } }),
        );
        return { result: 'sent', cancelRequested };
      } catch (error) {
        return { result: resultOf(error), cancelRequested: false };
      }
    },
  };
}

/** What is in the reports is at fault, and stays so. */
function resultOf(error: unknown): SendResult {
  if (error instanceof AppError && hasCode(error, 'invalid_input', 'payload_too_large'))
    return { unfit: error.message };
  return isAnswer(error) ? 'refused' : 'away';
}

/** A refusal that will not change by asking again: the lease is lost. Everything else is the API being away. */
const isAnswer = (error: unknown): boolean =>
  hasCode(error, 'stale_fence', 'conflict', 'not_found', 'forbidden', 'unauthenticated', 'invalid_input');

const hasCode = (error: unknown, ...codes: AppError['code'][]): boolean =>
  error instanceof AppError && codes.includes(error.code);
