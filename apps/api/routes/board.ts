import type { Deps } from '../deps.ts';
import { AppError } from '#core/errors.ts';
import { authorise } from '../access.ts';
import { authenticateBrowser } from '../http/auth.ts';
import { contextOf } from '../http/context.ts';
import { limitPrincipals, limitStrangers } from '../http/rate-limit.ts';
import { router } from '../http/router.ts';

/** Answers a request for the board; knows nothing of who asks. */
export type BoardDoor = (request: Request) => Response | Promise<Response>;

export const boardPath = '/queues';

/** Its own scripts and styles, and nothing from elsewhere: the fonts that it asks for are left out. */
const policy = [
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'",
  "connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

/**
 * bull-board for administrators. A browser asks for name and password and sends them with each request to this path:
 * the password is a token. Only reading methods come through, so that a page of somebody else's can cause nothing.
 */
export function boardRoutes(deps: Deps, board: BoardDoor) {
  const guards = [limitStrangers(deps), authenticateBrowser(deps), limitPrincipals(deps)] as const;
  const routes = router();
  for (const path of [boardPath, `${boardPath}/*`]) {
    routes.use(path, ...guards);
    routes.all(path, async (c) => {
      await authorise(contextOf(deps, c), 'queue.read');
      if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw onlyReading();
      const answer = await board(c.req.raw);
      const headers = new Headers(answer.headers);
      headers.set('content-security-policy', policy);
      return new Response(answer.body, { status: answer.status, headers });
    });
  }
  return routes;
}

const onlyReading = (): AppError =>
  new AppError('forbidden', 'The board is for looking only', {
    done: 'Nothing was done.',
    next: 'What lies in the queue are doorbells; an operation is cancelled with `flotilla ops cancel`.',
  });
