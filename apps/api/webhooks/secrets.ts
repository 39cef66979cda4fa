import { base64Of } from '#core/audit/base64.ts';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import type { SealedSecret } from '#db/schema/webhooks.ts';
import { timeOf } from '../commit.ts';
import type { Deps } from '../deps.ts';
import { liveSecrets, type SourceRow } from '../views/webhook.ts';

/** A secret of 256 bits as Standard Webhooks writes it; other senders take it as the text that it is. */
export const newSecret = (): string => `whsec_${base64Of(crypto.getRandomValues(new Uint8Array(32)))}`;

const about = (source: string, secret: string): string => `webhook source ${source} ${secret}`;

/** @throws AppError `conflict` where there is no key to seal with */
export async function sealedSecret(deps: Deps, source: string, text: string): Promise<SealedSecret> {
  if (deps.sealer === null) {
    throw new AppError('conflict', 'There is no key to seal secrets with', {
      done: 'Nothing was changed.',
      next: 'Give the runtime one: `openssl rand -base64 32 | wrangler secret put SEALING_KEY`.',
    });
  }
  const id = newId('tok', deps.nowMs());
  const sealed = await deps.sealer.seal(text, about(source, id));
  return { id, sealed, createdAt: timeOf(deps.nowMs()), expiresAt: null };
}

const openedMax = 1000;

/** Opens secrets, and keeps in memory what was opened. */
export function secretOpener({ sealer, nowMs }: Deps): (source: SourceRow) => Promise<string[]> {
  const opened = new Map<string, string>();
  return async (source) => {
    const texts = await Promise.all(
      liveSecrets(source, nowMs()).map(async ({ id, sealed }) => {
        const known = opened.get(sealed) ?? (await sealer?.open(sealed, about(source.id, id))) ?? null;
        if (opened.size >= openedMax) opened.clear();
        if (known !== null) opened.set(sealed, known);
        return known;
      }),
    );
    const open = texts.filter((text) => text !== null);
    if (open.length === texts.length || open.length > 0) return open;
    throw new AppError('internal', 'The secret of this source was sealed with a key that is not here', {
      done: 'Nothing was done.',
      next: 'Put the right sealing key back, or give the source a new secret.',
    });
  };
}
