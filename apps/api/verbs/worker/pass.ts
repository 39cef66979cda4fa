import type { AuditDraft } from '#core/audit.ts';
import type { Change } from '#db/change.ts';
import type { Guard } from '#db/guard.ts';

/** What else the commit has to hold that accepts the plan. */
export interface Pass {
  expects: Guard[];
  changes: Change[];
  events: AuditDraft[];
}
