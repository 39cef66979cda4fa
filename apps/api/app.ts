import type { Deps } from './deps.ts';
import { authenticate } from './http/auth.ts';
import { limitBodies } from './http/body-limit.ts';
import { idempotent } from './http/idempotency.ts';
import { answerError } from './http/problem.ts';
import { limitPrincipals, limitStrangers } from './http/rate-limit.ts';
import { refusalRecorder } from './http/refused.ts';
import { requestId } from './http/request-id.ts';
import { type Matcher, type Router, router } from './http/router.ts';
import { securityHeaders } from './http/security-headers.ts';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Schema } from 'hono';
import { AppError } from '#core/errors.ts';
import type { SlackDoor } from '#slack/slack-app.ts';
import type { AppEnv } from './http/env.ts';
import { accessRoutes } from './routes/access.ts';
import { approvalRoutes } from './routes/approvals.ts';
import { auditRoutes } from './routes/audit.ts';
import { type BoardDoor, boardRoutes } from './routes/board.ts';
import { breakGlassRoutes } from './routes/break-glass.ts';
import { channelRoutes } from './routes/channels.ts';
import { ciRoutes } from './routes/ci.ts';
import { clusterRoutes } from './routes/clusters.ts';
import { commandRoutes } from './routes/commands.ts';
import { documentRoutes } from './routes/document.ts';
import { holdRoutes } from './routes/holds.ts';
import { hookRoutes } from './routes/hooks.ts';
import { hostRoutes } from './routes/hosts.ts';
import { logsRoutes } from './routes/logs.ts';
import { operationRoutes } from './routes/operations.ts';
import { preflightRoutes } from './routes/preflights.ts';
import { personRoutes } from './routes/persons.ts';
import { reportPageRoutes } from './routes/report-page.ts';
import { reportRoutes } from './routes/reports.ts';
import { revisionRoutes } from './routes/revisions.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { systemRoutes } from './routes/system.ts';
import { slackRoutes } from './routes/slack.ts';
import { webhookOutRoutes } from './routes/webhooks-out.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { workerRoutes } from './routes/worker.ts';

/** Doors that are opened only where they are set up. */
export interface Doors {
  slack?: SlackDoor;
  /** The queue, for administrators. */
  board?: BoardDoor;
}

/** The HTTP API. Knows no runtime: what it needs comes in `deps`. Its type is the contract of client.ts. */
export function createApp(deps: Deps, doors: Doors = {}, matcher?: Matcher): App {
  const app = router(matcher);
  app.use(requestId(deps), securityHeaders);
  // Who it is before what it sends: nobody else's body is read.
  app.use('/v1/*', limitStrangers(deps), authenticate(deps), limitPrincipals(deps), limitBodies(deps.limits));
  app.use('/v1/*', idempotent(deps));
  app.use('/ci/*', limitStrangers(deps), limitBodies(deps.limits));
  app.use('/reports/*', limitStrangers(deps));
  app.use('/metrics', limitStrangers(deps), authenticate(deps), limitPrincipals(deps));
  const answer = answerError(deps.log);
  const record = refusalRecorder(deps);
  app.onError(async (thrown, c) => {
    await record(thrown, c);
    return answer(thrown, c);
  });
  app.notFound((c) => answer(noRoute(c.req.method, c.req.path), c));
  const parts: readonly Router[] = partsOf(deps);
  for (const part of parts) app.route('/', part);
  if (doors.slack !== undefined) app.route('/', slackRoutes(doors.slack));
  if (doors.board !== undefined) app.route('/', boardRoutes(deps, doors.board));
  app.route('/', documentRoutes(deps, app));
  return typed(app);
}

/** All routers of the app, each mounted at the root. */
const partsOf = (deps: Deps) =>
  [
    systemRoutes(deps),
    hostRoutes(deps),
    clusterRoutes(deps),
    logsRoutes(deps),
    scheduleRoutes(deps),
    reportRoutes(deps),
    reportPageRoutes(deps),
    revisionRoutes(deps),
    operationRoutes(deps),
    preflightRoutes(deps),
    auditRoutes(deps),
    commandRoutes(deps),
    personRoutes(deps),
    accessRoutes(deps),
    approvalRoutes(deps),
    channelRoutes(deps),
    holdRoutes(deps),
    breakGlassRoutes(deps),
    webhookRoutes(deps),
    webhookOutRoutes(deps),
    ciRoutes(deps),
    hookRoutes(deps),
    workerRoutes(deps),
  ] as const;

type SchemaOf<R> = R extends OpenAPIHono<AppEnv, infer S, string> ? S : never;
type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

/**
 * The app with the routes of all its parts. A chain of `.route()` would say the same, but maps every route anew for
 * each part, which costs the compiler a third of its time.
 */
export type App = AppOf<Both<SchemaOf<ReturnType<typeof partsOf>[number]>>>;
type AppOf<S> = S extends Schema ? OpenAPIHono<AppEnv, S> : never;

/** The type names what `partsOf` gives, and that is what was mounted. */
const typed = (app: Router): App => app;

const noRoute = (method: string, path: string): AppError =>
  new AppError('not_found', `There is nothing at ${method} ${path}`, { next: 'Look at /docs for what there is.' });
