import { and, asc, eq, isNull, lt } from 'drizzle-orm';
import { decodeJwt, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Actor } from '#core/actor.ts';
import { type CiClaims, claimsOf, whyNot } from '#core/ci/claims.ts';
import type { Exchanged } from '#core/ci/contract.ts';
import { AppError } from '#core/errors.ts';
import { noPolicy } from '#core/access/policy.ts';
import { deleteFrom, insertInto } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { ciTokensUsed, ciTrusts, identities, tokens } from '#db/schema/index.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Deps } from '../../deps.ts';
import type { Context } from '../../http/env.ts';
import { isKeyTrouble, type Issuer, keysAway } from '../../oidc/keys.ts';
import { makeToken } from '../../tokens.ts';
import type { TrustRow } from '../../views/trust.ts';
import { notTrusted, otherAudience, refused, whyInvalid } from './refusals.ts';
import { trustTokenLabel } from './trusts.ts';

const minutes = 10;
/** Signatures that an issuer may use; never one that needs a shared secret, and never none. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA'];
/** What a token must say to be exchanged. */
const neededSchema = z.looseObject({ jti: z.string().min(1).max(300), exp: z.number(), sub: z.string().min(1) });

interface Exchange {
  idToken: string;
  requestId: string;
  keysOf: (issuer: Issuer) => JWTVerifyGetKey;
}

/**
 * Gives a run of a CI system a token of ours for its own: issuer, signature, audience and time first, then that a trust
 * wants exactly such a run, then that this token was not exchanged before. The first trust by name that fits is taken.
 * @throws AppError `unauthenticated`, `forbidden`, `issuer_unreachable`
 */
export async function exchangeToken(deps: Deps, { idToken, requestId, keysOf }: Exchange): Promise<Exchanged> {
  const trusts = await trustsOf(deps, issuerSaid(idToken));
  const [first] = trusts;
  if (first === undefined) throw notTrusted(issuerSaid(idToken));
  const payload = await verified(deps, idToken, {
    issuer: first.issuer,
    key: keysOf({ ...first.wanted, issuer: first.issuer }),
  });
  const needed = neededSchema.safeParse(payload);
  if (!needed.success) throw refused('The token does not say its id, end and subject');
  const { trust, claims } = fitting(trusts, payload);
  const actor = await actorOf(deps, trust, claims);
  return await given({ deps, requestId, trust, claims, actor }, needed.data);
}

function issuerSaid(idToken: string): string {
  try {
    return decodeJwt(idToken).iss ?? '';
  } catch {
    throw refused('This is no token of a CI system');
  }
}

const trustsOf = ({ store }: Deps, issuer: string): Promise<TrustRow[]> =>
  store.read
    .select()
    .from(ciTrusts)
    .where(and(eq(ciTrusts.issuer, issuer), isNull(ciTrusts.removedAt)))
    .orderBy(asc(ciTrusts.name));

async function verified(
  { nowMs }: Deps,
  idToken: string,
  { issuer, key }: { issuer: string; key: JWTVerifyGetKey },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(idToken, key, {
      issuer,
      algorithms,
      clockTolerance: 30,
      maxTokenAge: '1h',
      currentDate: new Date(nowMs()),
      requiredClaims: ['exp', 'iat', 'jti', 'sub', 'aud'],
    });
    return payload;
  } catch (error) {
    if (isKeyTrouble(error)) throw keysAway(issuer, error);
    throw refused(`The token is not valid: ${whyInvalid(error)}`);
  }
}

/** The trust that wants such a run; whoever asks with another audience learns nothing of trusts. */
function fitting(trusts: readonly TrustRow[], payload: JWTPayload): { trust: TrustRow; claims: CiClaims } {
  const audiences = [payload.aud ?? []].flat();
  const meant = trusts.filter(({ wanted }) => audiences.includes(wanted.audience));
  if (meant.length === 0) throw otherAudience(audiences);
  const why: string[] = [];
  for (const trust of meant) {
    const claims = claimsOf[trust.wanted.provider](payload);
    const reason = whyNot(trust.wanted, claims);
    if (reason === null) return { trust, claims };
    why.push(`${trust.name}: ${reason}`);
  }
  throw new AppError('forbidden', `No trust wants this run (${why.join('; ')})`, {
    done: 'Nothing was done.',
    next: 'Compare the trusts (`flotilla ci trusts`) with what the run is.',
  });
}

async function actorOf({ store }: Deps, trust: TrustRow, claims: CiClaims): Promise<Extract<Actor, { kind: 'ci' }>> {
  const { provider } = trust.wanted;
  const isKnown = and(eq(identities.kind, 'ci'), eq(identities.externalId, `${provider}:${claims.person}`));
  const known = claims.person === null ? undefined : await store.read.query.identities.findFirst({ where: isKnown });
  const who = claims.person === null ? '' : ` (${claims.person})`;
  return {
    kind: 'ci',
    source: `${provider}:${claims.repositoryName ?? claims.repository ?? '?'}`,
    name: `${trust.name}${who}`,
    ...(known === undefined ? {} : { person: known.person }),
  };
}

interface Given {
  deps: Deps;
  requestId: string;
  trust: TrustRow;
  claims: CiClaims;
  actor: Extract<Actor, { kind: 'ci' }>;
}

async function given(about: Given, { jti, exp }: z.output<typeof neededSchema>): Promise<Exchanged> {
  const { deps, trust, actor, claims } = about;
  const { role, clusters } = trust.wanted;
  const nowMs = deps.nowMs();
  const made = makeToken('ci');
  const expiresAt = timeOf(nowMs + minutes * 60_000);
  const label = trustTokenLabel(trust.name);
  const isUsed = and(eq(ciTokensUsed.issuer, trust.issuer), eq(ciTokensUsed.jti, jti));
  const used = deps.store.read.select({ jti: ciTokensUsed.jti }).from(ciTokensUsed).where(isUsed);
  const row = { id: made.id, sha256: await deps.sha256(made.text), role, clusters, label, ci: actor, expiresAt };
  await commit(deps, {
    expects: [noRow('the token is new', used, () => refused('This token was exchanged before'))],
    changes: [
      insertInto(ciTokensUsed).values({ issuer: trust.issuer, jti, expiresMs: exp * 1000 + 3_600_000 }),
      insertInto(tokens).values({ ...row, createdAt: timeOf(nowMs) }),
      deleteFrom(ciTokensUsed).where(lt(ciTokensUsed.expiresMs, nowMs)),
    ],
    events: [
      recordOf(contextOf(about), {
        action: 'token.exchanged',
        outcome: 'succeeded',
        target: { kind: 'token', id: made.id },
        details: { trust: trust.name, issuer: trust.issuer, jti, role, clusters, expiresAt, claims },
      }),
    ],
  });
  return { token: made.text, expiresAt, trust: trust.name, role, clusters };
}

const contextOf = ({ deps, requestId, trust, actor }: Given): Context => ({
  deps,
  requestId,
  caller: {
    actor,
    role: trust.wanted.role,
    source: 'http',
    token: '',
    expiresAt: null,
    subject: { kind: 'ci', name: trustTokenLabel(trust.name), scope: trust.wanted },
    policy: noPolicy,
    notices: 0,
  },
});
