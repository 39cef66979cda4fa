import { eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { MiddlewareHandler } from 'hono';
import { narrower, type Source } from '#core/actor.ts';
import { bytesOfBase64 } from '#core/audit/base64.ts';
import { AppError } from '#core/errors.ts';
import { kept } from '#db/kept.ts';
import type { Reader } from '#db/reader.ts';
import { notices, persons, policies, tokens } from '#db/schema/index.ts';
import type { Deps } from '../deps.ts';
import { groupsOf } from '../groups.ts';
import { policyNumbered } from '../policies.ts';
import { parseToken } from '../tokens.ts';
import { noteUse } from '../token-use.ts';
import type { AppEnv, Caller } from './env.ts';

/** Nothing below it answers without a known, live token. Tells a person that there are notices for him. */
export const authenticate =
  (deps: Deps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const door = c.req.header('flotilla-client') === 'cli' ? 'cli' : 'http';
    const caller = await callerOf(deps, c.req.header('authorization'), door);
    c.set('caller', caller);
    await next();
    if (caller.notices > 0) c.res.headers.set('flotilla-notices', String(caller.notices));
  };

/** The same for a browser: it asks for name and password, and the password is the token; the name is not looked at. */
export const authenticateBrowser =
  (deps: Deps): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    try {
      c.set('caller', await callerOf(deps, asBearer(c.req.header('authorization')), 'http'));
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unauthenticated')) throw error;
      throw new AppError('unauthenticated', error.message, {
        done: 'Nothing was done.',
        next: 'Give an administrator’s token as the password; the name is not looked at.',
        headers: { 'www-authenticate': 'Basic realm="flotilla"' },
      });
    }
    await next();
  };

function asBearer(header: string | undefined): string | undefined {
  const [, encoded] = /^Basic +(\S+)$/i.exec(header ?? '') ?? [];
  const text = encoded === undefined ? null : bytesOfBase64(encoded);
  if (text === null) return header;
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(new TextDecoder().decode(text)) ?? [];
  return `Bearer ${password}`;
}

/**
 * Who a bearer token speaks for. The look-up is by the hash of the whole token, so its time tells nothing about the
 * secret of another. @throws AppError `unauthenticated`, the same words for unknown, revoked and expired.
 */
async function callerOf(deps: Deps, header: string | undefined, door: Source): Promise<Caller> {
  const text = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  if (text === undefined) throw refusal('There is no bearer token in the request');
  if (parseToken(text) === null) throw refusal('The token is not valid', text);
  const row = await tokenRow(deps.store.read, await deps.sha256(text));
  if (row === null || isOver(row, deps.nowMs())) throw refusal('The token is not valid', text);
  noteUse(deps, row.token);
  return callerFrom(deps, row, door);
}

/** Who came in a while ago, as his token and the policy are now. @throws AppError `unauthenticated` */
export async function callerNow(deps: Deps, { token, source }: Caller): Promise<Caller> {
  const row = await tokenRowById(deps.store.read, token);
  if (row === null || isOver(row, deps.nowMs())) throw refusal('The token is not valid any more');
  return callerFrom(deps, row, source);
}

async function callerFrom(deps: Deps, row: Row, door: Source): Promise<Caller> {
  const { id, role, label, clusters, expiresAt, ci } = row.token;
  const policy = await policyNumbered(deps.store.read, row.policy);
  const common = { token: id, expiresAt, policy };
  if (ci !== null) {
    const subject = { kind: 'ci', name: label, scope: { role, clusters } } as const;
    return { ...common, actor: ci, role, source: door, subject, notices: 0 };
  }
  if (row.person === null) {
    const actor = { kind: 'worker', worker: `token:${id}`, name: label } as const;
    return { ...common, actor, role, source: 'worker', subject: { kind: 'worker' }, notices: 0 };
  }
  const { id: person, name } = row.person;
  const scope = { role, clusters };
  const groups = await groupsOf(deps, policy, person);
  return {
    ...common,
    actor: { kind: 'person', person, name, via: `token:${id}` },
    role: narrower(row.person.role, role),
    source: door,
    subject: { kind: 'person', person, name, role: row.person.role, identity: 'token', scope, groups },
    notices: row.notices,
  };
}

const looked = [tokens, persons, policies, notices];

/** One query for all that a request needs to know of its caller. */
const tokenRow = kept(looked, (read, sha256: string) => rowWhere(read, eq(tokens.sha256, sha256)));

const tokenRowById = kept(looked, (read, id: string) => rowWhere(read, eq(tokens.id, id)));

async function rowWhere(read: Reader, token: SQL) {
  const [row] = await read
    .select({
      token: tokens,
      person: persons,
      policy: sql<number | null>`(select max(${policies.number}) from ${policies})`,
      notices: sql<number>`(select count(*) from ${notices} where ${notices.person} = ${tokens.person} and ${isNull(notices.seenAt)})`,
    })
    .from(tokens)
    .leftJoin(persons, eq(persons.id, tokens.person))
    .where(token)
    .limit(1);
  return row ?? null;
}

type Row = NonNullable<Awaited<ReturnType<typeof rowWhere>>>;

const isOver = ({ token, person }: Row, nowMs: number): boolean =>
  token.revokedAt !== null ||
  (token.expiresAt !== null && Date.parse(token.expiresAt) <= nowMs) ||
  (token.person !== null && (person === null || person.removedAt !== null));

/** What to do next is read from the form of the token alone, so that it says nothing of whether it is known. */
const refusal = (message: string, token = ''): AppError =>
  new AppError('unauthenticated', message, {
    done: 'Nothing was done.',
    next: token.startsWith('flt_ci_')
      ? 'What `flotilla ci token` gives is good for ten minutes: let the run come in again.'
      : 'Send `Authorization: Bearer flt_…`; `flotilla up` saves the first token in its data folder.',
  });
