import { restartEngineOf } from '../restart-engine.ts';
import type { Ended, RunContext } from '../run-context.ts';

/** Restarts the engine of one host. Containers without a restart policy stop; the plan's reader was told so. */
export async function runRestartEngine(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'restart-engine') throw new Error(`restart-engine was asked to run ${request.kind}`);
  const outcome = await restartEngineOf(context.hosts, request.host);
  switch (outcome.kind) {
    case 'done':
    case 'already-done':
      return { kind: 'ended', state: 'succeeded', error: null };
    case 'blocked':
      return {
        kind: 'ended',
        state: 'blocked',
        error: { code: outcome.finding.id, message: outcome.finding.message, host: request.host },
      };
    case 'failed':
      return { kind: 'ended', state: 'failed', error: { ...outcome.error, host: request.host } };
  }
}
