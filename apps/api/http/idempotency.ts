import { and, eq, lt, sql } from 'drizzle-orm';
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { AppError } from '#core/errors.ts';
import { maskedValues } from '#core/masking.ts';
import { dayMs } from '#core/length.ts';
import { type Change, deleteFrom } from '#db/change.ts';
import { idempotencyKeys } from '#db/schema/index.ts';
import { prepared } from '#db/reader.ts';
import { insertRow } from '#db/template.ts';
import type { Deps } from '../deps.ts';
import { holdsToken } from '../tokens.ts';
import type { AppEnv, Idempotency } from './env.ts';

/** How long an answer is given again. */
export const keptMs = dayMs;
const keyMax = 255;
const bodyMax = 256_000;

/**
 * A request that is sent twice with one key is done once (draft-ietf-httpapi-idempotency-key-header): the second is
 * given the first one's answer, 409 while the first runs, 422 when it asks for something else. What was refused did
 * nothing and is not kept: the same key may be tried again.
 */
export function idempotent(deps: Deps): MiddlewareHandler<AppEnv> {
  const running = new Set<string>();
  const forget = forgetter(deps);
  return async (c, next) => {
    if (!changes(c)) return await next();
    const key = keyOf(c.req.header('idempotency-key'));
    c.set('idempotency', null);
    if (key === null) return await next();
    const asked = await idempotencyOf(deps, c, key);
    const name = `${asked.principal} ${key}`;
    if (running.has(name)) throw stillRunning();
    running.add(name);
    try {
      const kept = await keptAnswer(deps, asked);
      if (kept !== null) {
        c.res = kept;
        return;
      }
      c.set('idempotency', asked);
      await next();
      if (c.res.ok && !asked.isKept && !isRehearsal(c)) await keep(deps, asked, c.res);
      await forget();
    } finally {
      running.delete(name);
    }
  };
}

/** Whether a request may change something: that is what is kept, rehearsed and put on record when it is refused. */
export const changes = (c: HonoContext<AppEnv>): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(c.req.method) && !c.req.path.startsWith('/v1/worker/');

/** `?dry_run=true`, or with no value. */
export const isRehearsal = (c: HonoContext<AppEnv>): boolean =>
  changes(c) && /^(?:true|1|)$/.test(c.req.query('dry_run') ?? 'false');

/** Quoted, as the draft has it, or bare. @throws AppError `invalid_input` */
function keyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = /^"(?<key>[\x20-\x21\x23-\x7e]+)"$|^(?<bare>[\x21\x23-\x7e]+)$/.exec(header.trim())?.groups;
  const text = key?.['key'] ?? key?.['bare'];
  if (text !== undefined && text.length <= keyMax) return text;
  throw new AppError('invalid_input', 'The Idempotency-Key is not a text that can be one', {
    done: 'Nothing was done.',
    next: 'Send a new random text, such as a UUID, in quotes.',
    issues: [{ pointer: '/headers/idempotency-key', message: `must have 1 to ${keyMax} printable characters` }],
  });
}

async function idempotencyOf(deps: Deps, c: HonoContext<AppEnv>, key: string): Promise<Idempotency> {
  const principal = c.get('caller').token;
  const { pathname, search } = new URL(c.req.url);
  const request = `${c.req.method}\n${pathname}${search}\n${principal}\n${await c.req.text()}`;
  return { principal, key, fingerprint: await deps.sha256(request), isKept: false };
}

const keptQuery = prepared((read) =>
  read
    .select()
    .from(idempotencyKeys)
    .where(
      and(eq(idempotencyKeys.principal, sql.placeholder('principal')), eq(idempotencyKeys.key, sql.placeholder('key'))),
    )
    .limit(1)
    .prepare(),
);

async function keptAnswer({ store, nowMs }: Deps, asked: Idempotency): Promise<Response | null> {
  const { principal, key } = asked;
  const [row] = await keptQuery(store.read).execute({ principal, key });
  if (row === undefined) return null;
  if (row.createdMs + keptMs <= nowMs()) {
    const isThis = and(eq(idempotencyKeys.principal, principal), eq(idempotencyKeys.key, key));
    await store.commit({ changes: [deleteFrom(idempotencyKeys).where(isThis)], events: [] });
    return null;
  }
  if (row.fingerprint !== asked.fingerprint) throw usedForAnother();
  if (row.body === null) throw heldASecret();
  const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-replayed': 'true' };
  if (row.location !== null) headers['location'] = row.location;
  return new Response(row.body, { status: row.status, headers });
}

/** The change that keeps an answer, for the commit of the act itself. */
export const keptChange = (asked: Idempotency, nowMs: number, answer: Kept): Change =>
  insertRow(idempotencyKeys, {
    principal: asked.principal,
    key: asked.key,
    fingerprint: asked.fingerprint,
    createdMs: nowMs,
    ...answer,
  });

export interface Kept {
  status: number;
  location: string | null;
  /** Null when it held a secret. */
  body: string | null;
}

/** A secret of a webhook is told once, as a token is. */
const signingSecret = /whsec_[0-9A-Za-z+/]{40}/;

async function keep(deps: Deps, asked: Idempotency, response: Response): Promise<void> {
  if (!(response.headers.get('content-type') ?? '').startsWith('application/json')) return;
  const text = await response.clone().text();
  const hasSecret = holdsToken(text) || signingSecret.test(text);
  const body = hasSecret || text.length > bodyMax ? null : withoutValues(text);
  const answer = { status: response.status, location: response.headers.get('location'), body };
  await deps.store
    .commit({ changes: [keptChange(asked, deps.nowMs(), answer)], events: [] })
    .catch((error: unknown) => deps.log(`the answer to an idempotent request was not kept: ${String(error)}`));
}

/** An answer without one of these is kept as it is, and need not be read. */
const holdsValues = /"(?:environment|logging|driver_opts)"/;

/** Values of environments and of log and volume drivers are kept in specs alone: an answer that is given again has `***` there. */
function withoutValues(text: string): string {
  if (!holdsValues.test(text)) return text;
  return JSON.stringify(JSON.parse(text), (key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if (key === 'logging' && 'options' in value) return { ...value, options: maskedValues(Object(value.options)) };
    return key === 'environment' || key === 'driver_opts' ? maskedValues(value) : value;
  });
}

/** Now and then those that are over are thrown out. */
function forgetter({ store, nowMs }: Deps): () => Promise<void> {
  let lastMs = nowMs();
  return async () => {
    if (nowMs() - lastMs < 3_600_000) return;
    lastMs = nowMs();
    const over = lt(idempotencyKeys.createdMs, nowMs() - keptMs);
    await store.commit({ changes: [deleteFrom(idempotencyKeys).where(over)], events: [] }).catch(() => {});
  };
}

const stillRunning = (): AppError =>
  new AppError('conflict', 'The first request with this Idempotency-Key is not answered yet', {
    done: 'Nothing was done for this one.',
    next: 'Send it again in a moment, with the same key.',
    headers: { 'retry-after': '1' },
  });

const usedForAnother = (): AppError =>
  new AppError('idempotency_reused', 'This Idempotency-Key was sent with another request', {
    done: 'Nothing was done.',
    next: 'Use a new key for each new request.',
  });

const heldASecret = (): AppError =>
  new AppError('conflict', 'This was done, and its answer held a secret that is told once only', {
    done: 'The first request was carried out; this one did nothing.',
    next: 'If the answer was lost, make a new secret and revoke the lost one.',
  });

/** For routes that start work. */
export const keyMissing = (): AppError =>
  new AppError('invalid_input', 'A request that starts work needs an Idempotency-Key', {
    done: 'Nothing was done.',
    next: 'Send `Idempotency-Key: "<a new random text>"`, and the same key when you send the same request again.',
    issues: [{ pointer: '/headers/idempotency-key', message: 'must be there' }],
  });
