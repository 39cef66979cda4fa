import type { Context as HonoContext } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { AppError, statusOf, titleOf } from '#core/errors.ts';
import { type Log, reasonOf, stackOf } from '#core/log.ts';
import type { Problem } from '#core/wire.ts';
import { withoutTokens } from '../tokens.ts';
import type { AppEnv } from './env.ts';
import { shownPath } from './shown-path.ts';
import { Rehearsed } from './rehearsal.ts';

/** The RFC 9457 form of a refusal. `type` is a stable name, not an address to visit. */
export function problemOf(error: AppError, requestId: string): Problem {
  const { code, done, next, host, issues } = error;
  return {
    type: `urn:flotilla:error:${code}`,
    title: titleOf(code),
    status: statusOf(code),
    // Whoever takes a token for a name is not told it again: answers are logged by what lies between.
    detail: withoutTokens(error.message),
    code,
    instance: `urn:flotilla:request:${requestId}`,
    ...(done === undefined ? {} : { done }),
    ...(next === undefined ? {} : { next }),
    ...(host === undefined ? {} : { host }),
    ...(issues === undefined ? {} : { issues }),
  };
}

/** Every error answer of the app. What is not expected is logged whole and told as `internal`, without a stack. */
export const answerError =
  (log: Log) =>
  (thrown: Error, c: HonoContext<AppEnv>): Response => {
    if (thrown instanceof Rehearsed) return Response.json(thrown.would);
    const requestId = c.get('requestId');
    const error = expectedOf(thrown);
    const said = `${c.req.method} ${shownPath(c)}: ${reasonOf(thrown)}`;
    if (error !== null) {
      // What is amiss with us has to be seen here too: whoever asked is not who can mend it.
      if (statusOf(error.code) >= 500) log(said, { level: 'warn', requestId, code: error.code });
      return answerProblem(problemOf(error, requestId), error.headers);
    }
    log(said, { level: 'error', requestId, stack: stackOf(thrown) });
    return answerProblem(problemOf(fault(), requestId));
  };

/** What Hono itself refuses (broken JSON, another media type) is a refusal like ours. */
function expectedOf(thrown: Error): AppError | null {
  if (thrown instanceof AppError) return thrown;
  if (!(thrown instanceof HTTPException) || thrown.status >= 500) return null;
  if (thrown.status === 415) {
    return new AppError('invalid_input', 'The body has to be JSON', {
      done: 'Nothing was done.',
      next: 'Send it with `Content-Type: application/json`.',
    });
  }
  return new AppError('invalid_input', 'The body is not valid JSON', { done: 'Nothing was done.' });
}

const fault = (): AppError =>
  new AppError('internal', 'A fault of Flotilla itself; its log has the details under the request id.', {
    next: 'Look at what is on record with `flotilla ops ls` before you try again.',
  });

function answerProblem(problem: Problem, more: Readonly<Record<string, string>> = {}): Response {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', ...more };
  if (problem.status === 401) headers['www-authenticate'] ??= 'Bearer realm="flotilla"';
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
