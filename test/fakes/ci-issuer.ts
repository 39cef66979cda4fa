import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** An issuer of CI tokens: its keys behind a fetch of its own, changed and taken away as a test likes. */
export interface CiIssuer {
  fetch: (url: string) => Promise<Response>;
  /** Times that the keys were asked for. */
  readonly asked: number;
  /** Another key signs from here on; the old one is not among the keys any more. */
  rotate: () => Promise<void>;
  goAway: () => void;
  comeBack: () => void;
  token: (
    claims: JWTPayload,
    how?: { issuer?: string; audience?: string; atMs?: number; forS?: number },
  ) => Promise<string>;
}

export const githubIssuer = 'https://token.actions.githubusercontent.com';

export async function createCiIssuer(): Promise<CiIssuer> {
  let key = await keyNamed('one');
  let asked = 0;
  let isAway = false;
  let count = 0;
  return {
    async fetch(url) {
      asked += 1;
      if (isAway) throw new TypeError(`fetch failed: ${url}`);
      return Response.json({ keys: [key.jwk] });
    },
    get asked() {
      return asked;
    },
    async rotate() {
      key = await keyNamed(`key-${(count += 1)}`);
    },
    goAway: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
    token(claims, { issuer = githubIssuer, audience = 'https://flotilla.test', atMs = Date.now(), forS = 300 } = {}) {
      count += 1;
      const seconds = Math.floor(atMs / 1000);
      return new SignJWT({ jti: `jti-${count}`, sub: 'repo:acme/shop', ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: key.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + forS)
        .sign(key.privateKey);
    },
  };
}

async function keyNamed(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}
