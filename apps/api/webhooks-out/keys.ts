import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { newSigningPair } from '#core/webhooks/out/sign.ts';
import type { TargetKey } from '#db/schema/webhooks-out.ts';
import { timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';

export const aboutKey = (target: string, key: string): string => `webhook target ${target} ${key}`;

/** A new key of a target, its private half sealed. @throws AppError `conflict` where there is no key to seal with */
export async function newTargetKey({ sealer, nowMs }: Deps, target: string): Promise<TargetKey> {
  if (sealer === null)
    throw new AppError('conflict', 'There is no key to seal secrets with', { done: 'Nothing was changed.' });
  const { secretKey, publicKey } = await newSigningPair();
  const id = newId('tok', nowMs());
  const sealed = await sealer.seal(secretKey, aboutKey(target, id));
  return { id, sealed, publicKey, createdAt: timeOf(nowMs()), expiresAt: null };
}
