import type { OperationError } from '#core/operation.ts';
import type { Report } from '#core/report.ts';

/*
 * A report that the API will never take, such as one that is larger than its database keeps: it would be sent again
 * after every lease, and its operation would never end. It is left out, which is told, and nothing succeeds then.
 */

/** What is told instead, under the same number; null where that has been tried. */
export function insteadOf({ sequence, body }: Report, why: string): Report | null {
  const { at } = body;
  if (body.type === 'note') return null;
  const text = `What was to be told here (${body.type}) was not taken: ${why}`;
  return { sequence, body: { at, type: 'note', step: null, host: null, text } };
}

/** The end of an operation of which something could not be told. */
export function endedWithout({ sequence, body }: Report, why: string): Report {
  const isDone = body.type === 'ended' && body.state === 'succeeded';
  return isDone ? { sequence, body: { ...body, state: 'failed', error: errorOf(why) } } : { sequence, body };
}

const errorOf = (why: string): OperationError => ({
  code: 'audit_unavailable',
  message: `The control plane did not take a part of what the worker told: ${why}`,
  done: 'All steps were carried out; what is missing is said among what was told meanwhile.',
  next: 'Of a report that is too large test fewer pairs (`connectivity: sampled`); else run worker and control plane in one version. Then `flotilla ops retry`.',
});
