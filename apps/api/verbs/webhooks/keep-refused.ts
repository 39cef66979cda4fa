import type { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { sha256Hex } from '#core/hmac.ts';
import { insertInto } from '#db/change.ts';
import { webhookDeliveries } from '#db/schema/index.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Deps } from '../../deps.ts';
import type { SourceRow } from '../../views/webhook.ts';
import { asCi } from './as-ci.ts';

export interface Refused {
  source: SourceRow;
  requestId: string;
  /** Null where it was not read to its end. */
  body: Uint8Array<ArrayBuffer> | null;
  error: AppError;
}

/** Keeps that something was refused: why, and the hash of the body; nothing that it said, as nobody vouches for it. */
export async function keepRefused(deps: Deps, { source, requestId, body, error }: Refused): Promise<void> {
  const ctx = await asCi(deps, { source, cluster: null, person: null, requestId });
  const id = newId('dlv', deps.nowMs());
  const bodySha256 = body === null ? '' : await sha256Hex(body);
  const row = { id, source: source.id, bodySha256, at: timeOf(deps.nowMs()), state: 'refused', why: error.message };
  await commit(deps, {
    changes: [insertInto(webhookDeliveries).values({ ...row, state: 'refused' })],
    events: [
      recordOf(ctx, {
        action: 'webhook.received',
        outcome: 'denied',
        target: { kind: 'delivery', id },
        details: { source: source.name, bodySha256, code: error.code, why: error.message },
      }),
    ],
  });
}
