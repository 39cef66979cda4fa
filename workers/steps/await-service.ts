import { withStop } from '#core/sentence.ts';
import { waitFor } from '../wait-for.ts';
import type { StepContext } from './context.ts';
import { convergeLimitMs, convergeMostMs, timeFor } from './converge-limit.ts';
import { type ServiceToRun, look, type Memory, type Verdict } from './look-at-service.ts';
import { isPulled, lastError, progressText } from './service-tasks.ts';

/** It ran out of time: how far it has come, and what its tasks say of why. */
export interface Late {
  kind: 'late';
  seconds: number;
  progress: string;
  reason: string;
  isPulled: boolean;
}

/** Who watches is not told of what is over in a moment. */
const toldFromMs = 1000;

/**
 * Waits for what becomes of a service, and tells how far it is meanwhile. Time in which a node still pulls its image does
 * not count, as far as a step may take so long at all.
 */
export async function awaitService(
  context: StepContext,
  service: ServiceToRun,
  memory: Memory,
): Promise<Verdict | Late> {
  const started = performance.now();
  const isOver = timeFor(convergeLimitMs(service.spec, context.expected.length), started);
  let told = '';
  const lookAndTell = async (): Promise<Verdict | Late | undefined> => {
    const verdict = await look(context, service, memory);
    if (verdict !== undefined || memory.seen === null) return verdict;
    const { standing, tasks } = memory.seen;
    const nowMs = performance.now();
    const text = progressText(standing, tasks);
    if (text !== told && nowMs - started >= toldFromMs) {
      context.report({ type: 'note', step: service.step, host: null, text });
      told = text;
    }
    return isOver(nowMs, tasks.some(isPulled)) ? lateAfter(nowMs - started, memory) : undefined;
  };
  const verdict = await waitFor(lookAndTell, { limitMs: convergeMostMs, firstMs: 100, longestMs: 1000 });
  return verdict ?? lateAfter(performance.now() - started, memory);
}

function lateAfter(ms: number, { seen }: Memory): Late {
  const { standing, tasks } = seen ?? { standing: null, tasks: [] };
  return {
    kind: 'late',
    seconds: Math.round(ms / 1000),
    progress: standing === null ? '' : progressText(standing, tasks),
    reason: lastError(tasks),
    isPulled: tasks.some(isPulled),
  };
}

/** What is told of a service that ran out of time, and what to do. */
export function lateText(
  service: string,
  { seconds, progress, reason, isPulled: pulls }: Late,
): Record<'message' | 'next', string> {
  const why = [progress, reason].filter((text) => text !== '').join('; ');
  return {
    message: withStop(`${service} did not converge within ${seconds} s${why === '' ? '' : `: ${why}`}`),
    next: pulls
      ? 'Wait until the nodes have the image, or `docker pull` it on them, then `flotilla ops retry last`.'
      : 'Mend the cause and retry, or remove the service.',
  };
}
