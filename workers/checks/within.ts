import { AppError } from '#core/errors.ts';
import { known, type Observed } from '#core/observed.ts';
import { unknownOf } from '../observe/observe-host.ts';
import { orAborted } from '../ssh/abort.ts';

/** An answer, or why there is none. What takes longer than the limit goes on unheard, and is unknown. */
export async function within<T>(promise: Promise<T>, limitMs: number, what: string): Promise<Observed<T>> {
  const late = new AppError('timeout', `${what} gave no answer within ${limitMs / 1000} s.`);
  // What it ends with after the limit is nobody's business any more.
  promise.catch(() => undefined);
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late), limitMs);
  try {
    return known(await orAborted(promise, limit.signal));
  } catch (error) {
    return unknownOf(error);
  } finally {
    clearTimeout(timer);
  }
}
