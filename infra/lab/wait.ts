import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '#core/log.ts';

/** Asks until the answer is neither undefined nor false, or throws `what` after the limit. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { limitMs = 30_000, everyMs = 20 } = {},
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    // TypeScript cannot see that what is left is the answer asked for.
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>;
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await sleep(everyMs);
  }
}

/** Adds the end of a log to the error when `work` fails: a process that does not answer says why there. */
export async function explainedBy<T>(logFile: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const log = await readFile(logFile, 'utf8').catch(() => '');
    const last = log.trim().split('\n').slice(-8).join('\n');
    throw new Error(`${reasonOf(error)}\n${last}`, { cause: error });
  }
}

/** Waits for all to end, well or not, and then throws the first failure: nothing goes on behind it. */
export async function allSettled(work: Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
