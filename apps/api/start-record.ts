import { systemActor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import type { tokens } from '#db/schema/index.ts';
import { timeOf } from './commit.ts';
import type { Deps } from './deps.ts';
import type { MadeToken } from './tokens.ts';

/* What a control plane writes down of itself when it starts. */

type TokenRow = typeof tokens.$inferInsert;

/** A token as it is kept: its hash alone. */
export const tokenRow = async (
  { nowMs, sha256 }: Pick<Deps, 'nowMs' | 'sha256'>,
  { id, text }: MadeToken,
  whose: Pick<TokenRow, 'person' | 'role' | 'label'>,
): Promise<TokenRow> => ({ ...whose, id, sha256: await sha256(text), createdAt: timeOf(nowMs()) });

/** An act of nobody but the start. */
export const startEvent = (
  action: string,
  target: { kind: string; id: string },
  details: AuditDraft['details'],
  reason: string | null = null,
): AuditDraft => ({
  action,
  actor: systemActor('start'),
  source: 'system',
  outcome: 'succeeded',
  cluster: null,
  target,
  operation: null,
  reason,
  details,
});
