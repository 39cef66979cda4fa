import type { AuditDraft } from '#core/audit.ts';
import type { Change } from '#db/change.ts';
import type { nextEvent } from '../../commit.ts';

/** What a report changes, in the commit that takes it. */
export interface Effect {
  changes: Change[];
  events: AuditDraft[];
  /** What watchers are told instead of the report itself. */
  told?: Parameters<typeof nextEvent>[2];
}
