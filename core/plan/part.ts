import type { ErrorCode } from '../errors.ts';
import type { Finding } from '../finding.ts';
import type { Decision } from '../plan.ts';
import type { Step } from '../step.ts';

/** A reason why no plan can be made. One is enough to refuse; all are told at once. */
export interface Problem {
  code: ErrorCode;
  finding: Finding;
}

/** What one part of the planner has to say; the parts are merged in order. */
export interface Part {
  steps: Step[];
  decisions: Decision[];
  warnings: Finding[];
  problems: Problem[];
}

/** A part with what is given and nothing else. */
export const part = (some: Partial<Part> = {}): Part => ({
  steps: [],
  decisions: [],
  warnings: [],
  problems: [],
  ...some,
});

export const mergeParts = (parts: readonly Part[]): Part => ({
  steps: parts.flatMap(({ steps }) => steps),
  decisions: parts.flatMap(({ decisions }) => decisions),
  warnings: parts.flatMap(({ warnings }) => warnings),
  problems: parts.flatMap(({ problems }) => problems),
});

interface Told {
  /** Id of the cause, as documented. */
  id: string;
  message: string;
  hosts?: string[];
  fix?: string;
  evidence?: string[];
}

/** A problem whose cause is known. */
export const problem = (code: ErrorCode, told: Told): Problem => ({ code, finding: findingOf('error', told) });

/** Something worth knowing that stops nothing. */
export const warning = (told: Told): Finding => findingOf('warning', told);

/** Something that is as it should be, and was asked for otherwise. */
export const note = (told: Told): Finding => findingOf('note', told);

const findingOf = (severity: Finding['severity'], told: Told): Finding => ({
  severity,
  hosts: [],
  evidence: [],
  confidence: 'certain',
  consequenceOf: null,
  symptom: false,
  ...told,
});
