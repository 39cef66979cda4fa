import { errors } from 'jose';
import { AppError } from '#core/errors.ts';
import { reasonOf } from '#core/log.ts';

/* Why a token of a CI system is not exchanged, and what is to be configured. */

/** Of what a token says of itself, so much is told. */
const saidMax = 200;

const notLetIn = (message: string, next: string): AppError =>
  new AppError('unauthenticated', message, { done: 'Nothing was done.', next });

export const refused = (message: string): AppError =>
  notLetIn(message, 'Ask the CI system for a new token with the audience of the trust.');

export const notTrusted = (issuer: string): AppError =>
  notLetIn(
    `Nobody here trusts the issuer of this token, ${issuer.slice(0, saidMax)}`,
    '`flotilla ci trust` lets its runs in; GitHub Enterprise or a GitLab of your own is named with --issuer.',
  );

export const otherAudience = (said: readonly string[]): AppError =>
  notLetIn(
    `The token is for another audience: ${said.join(', ').slice(0, saidMax)}`,
    'Let the run ask for the audience that `flotilla ci trusts` shows, or name this one: `flotilla ci trust … --audience`.',
  );

/** What is wrong with a token, in words. */
export function whyInvalid(error: unknown): string {
  if (error instanceof errors.JWTExpired) {
    const { exp } = error.payload;
    return error.claim === 'exp' && exp !== undefined
      ? `it was good until ${new Date(exp * 1000).toISOString()}`
      : 'it was made more than an hour ago';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'missing') return `it does not say \`${error.claim}\``;
    if (error.claim === 'iat' || error.claim === 'nbf') return 'it is good later only; compare the clocks';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is not by a key of the issuer';
  if (error instanceof errors.JWKSNoMatchingKey) return 'the issuer has no key of that name';
  return reasonOf(error);
}
