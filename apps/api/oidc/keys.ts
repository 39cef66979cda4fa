import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';
import { AppError } from '#core/errors.ts';
import type { Deps } from '../deps.ts';

/** Where the two systems have their keys, below their issuer. */
const paths = { github: '/.well-known/jwks', gitlab: '/oauth/discovery/keys' } as const;

export interface Issuer {
  provider: keyof typeof paths;
  issuer: string;
}

const issuersMax = 100;

/**
 * The keys of issuers, as they are now: kept for ten minutes, asked for again when a token names a key that is not
 * among them (at most twice a minute), so that a change of keys is seen at once.
 */
export function keysOfIssuers({ fetch }: Pick<Deps, 'fetch'>): (issuer: Issuer) => JWTVerifyGetKey {
  const known = new Map<string, JWTVerifyGetKey>();
  return ({ provider, issuer }) => {
    const url = new URL(issuer.replace(/\/+$/, '') + paths[provider]);
    const set =
      known.get(url.href) ??
      createRemoteJWKSet(url, {
        timeoutDuration: 5_000,
        cooldownDuration: 30_000,
        cacheMaxAge: 600_000,
        [customFetch]: (address, init) => fetch(address, { ...init, redirect: 'error' }),
      });
    if (known.size >= issuersMax) known.clear();
    known.set(url.href, set);
    return set;
  };
}

/** Keys that could not be had say nothing about the token. */
export const isKeyTrouble = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
  error instanceof TypeError;

export const keysAway = (issuer: string, cause: unknown): AppError =>
  new AppError('issuer_unreachable', `The keys of ${issuer} cannot be had, so that its token cannot be checked`, {
    done: 'Nothing was done.',
    next: 'Try again; the control plane has to reach the issuer by HTTPS.',
    cause,
  });
