/** One thing that record and rows must agree on; its SQL finds the ids of what does not. */
export interface Question {
  what: string;
  sql: string;
}

export const has = (condition: string): string => `exists (select 1 from audit_events e where ${condition})`;

/** What was made before the first event that is still here cannot be held against it. */
export const since = '(select at from audit_events order by sequence limit 1)';
