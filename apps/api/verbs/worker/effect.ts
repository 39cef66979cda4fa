import type { AuditDraft } from '#core/audit.ts';
import type { Change } from '#db/change.ts';
import type { KeptEvent } from '#db/schema/index.ts';

/** What a report changes, in the commit that takes it. */
export interface Effect {
  changes: Change[];
  events: AuditDraft[];
  /** What watchers are told instead of the report itself. */
  told?: KeptEvent;
}
