import type { Finding } from '../finding.ts';

/** Where a cause lives: a level of the checks, or the host, the swarm or the spec itself. */
export type CauseLevel = 'L0' | 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | 'L6' | 'host' | 'swarm' | 'spec';

/**
 * What is known of one cause, for people who meet it at night. `<host>`, `<port>` and the like are filled in where a
 * finding knows them.
 */
export interface CauseText {
  level: CauseLevel;
  severity: Finding['severity'];
  /** What is wrong, in one sentence without hosts. */
  title: string;
  /** What people see before they know the cause. */
  symptom: string;
  /** How Flotilla finds it, and what would look the same. */
  found: string;
  /** What to do: sentences, commands in backticks. */
  fix: string;
  /** Where it is written about. */
  reference: string;
  /** Set where a healthy lab of this machine shows it too: why. */
  baseline?: string;
}

export type CauseTexts = Record<string, CauseText>;
