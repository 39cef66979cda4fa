import type { Context as HonoContext } from 'hono';
import { systemActor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import { AppError, type ErrorCode } from '#core/errors.ts';
import { commit, recordOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import { isOnRecord } from '../on-record.ts';
import { parseToken, withoutTokens } from '../tokens.ts';
import { contextOf } from './context.ts';
import type { AppEnv } from './env.ts';
import { changes } from './idempotency.ts';
import { memoryLimiter } from './limiter.ts';
import { addressOf } from './rate-limit.ts';

/** A fault goes to the log; what is too much, or comes while nothing can be written, is not written. */
const unwritten: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'internal', 'audit_unavailable']);

const pathMax = 200;
/** Everybody whose name is not known, together: addresses can be made up, and the record must not be filled by them. */
const strangersTogether = 4;

/**
 * Puts on record what was refused: acts that could not be done or were not understood, and logins that failed. In the
 * stream of its own, so that acts stay readable, and at most so many a minute for each token and address; those left out
 * are counted in the next one.
 */
export function refusalRecorder(deps: Deps): (thrown: Error, c: HonoContext<AppEnv>) => Promise<void> {
  const perMinute = deps.limits.refusalsRecordedPerMinute;
  const each = memoryLimiter(perMinute);
  const strangers = memoryLimiter(perMinute * strangersTogether);
  let leftOut = 0;
  return async (thrown, c) => {
    if (!(thrown instanceof AppError) || isOnRecord(thrown)) return;
    const draft = draftOf(deps, thrown, c);
    if (draft === null) return;
    const nowMs = deps.nowMs();
    const isStranger = draft.outcome === 'denied';
    const who = isStranger ? addressOf(c, deps.isBehindProxy === true) : c.get('caller').token;
    const taken = await each.take(who, nowMs);
    if (!taken.allowed || (isStranger && !(await strangers.take('all', nowMs)).allowed)) {
      leftOut += 1;
      return;
    }
    const event = leftOut === 0 ? draft : { ...draft, details: { ...draft.details, leftOutBefore: leftOut } };
    leftOut = 0;
    await commit(deps, { changes: [], events: [event] }).catch((error: unknown) =>
      deps.log(`a refusal is not on record: ${String(error)}`, { requestId: c.get('requestId') }),
    );
  };
}

function draftOf(deps: Deps, { code }: AppError, c: HonoContext<AppEnv>): AuditDraft | null {
  const path = withoutTokens(c.req.path).slice(0, pathMax);
  const details = { method: c.req.method, path, code, request: c.get('requestId') };
  if (code === 'unauthenticated') {
    deps.meter.count('flotilla_logins_failed_total');
    return failedLogin(deps, c, details);
  }
  if (unwritten.has(code) || !changes(c) || !isKnown(c)) return null;
  const cluster = /^\/v1\/clusters\/([^/]+)/.exec(path)?.[1] ?? null;
  return recordOf(contextOf(deps, c), { action: 'request.refused', outcome: 'refused', cluster, details });
}

/** The public id alone of a token that has the form of one, so that a revoked one that is still tried can be found. */
function failedLogin(deps: Deps, c: HonoContext<AppEnv>, details: Record<string, unknown>): AuditDraft {
  const text = c.req.header('authorization')?.split(' ').at(-1) ?? '';
  const token = parseToken(text)?.id ?? null;
  return {
    action: 'login.failed',
    actor: systemActor('stranger'),
    source: 'http',
    outcome: 'denied',
    cluster: null,
    target: token === null ? null : { kind: 'token', id: token },
    operation: null,
    reason: null,
    details: { ...details, from: addressOf(c, deps.isBehindProxy === true) },
  };
}

/** A request without a valid token has no caller, whatever the types say of the routes below. */
const isKnown = (c: HonoContext<AppEnv>): boolean => (c.get('caller') as unknown) !== undefined;
