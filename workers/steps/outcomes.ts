import type { Finding } from '#core/finding.ts';
import type { AppError, ErrorCode } from '#core/errors.ts';
import type { Outcome } from '#core/step.ts';

export const done = (detail?: string): Outcome => (detail === undefined ? { kind: 'done' } : { kind: 'done', detail });

export const alreadyDone = (detail?: string): Outcome =>
  detail === undefined ? { kind: 'already-done' } : { kind: 'already-done', detail };

/** A precondition is false and nothing was changed. */
export const blocked = (finding: Pick<Finding, 'id' | 'message'> & Partial<Finding>): Outcome => ({
  kind: 'blocked',
  finding: {
    severity: 'error',
    hosts: [],
    evidence: [],
    confidence: 'certain',
    consequenceOf: null,
    symptom: false,
    ...finding,
  },
});

export const failed = (
  code: ErrorCode,
  message: string,
  more: { next?: string; done?: string; findings?: Finding[] } = {},
): Outcome => {
  const { findings = [], ...rest } = more;
  return { kind: 'failed', error: { code, message, ...rest }, findings };
};

/** A refusal that was thrown, as an outcome. */
export function failedBy(error: AppError): Outcome {
  const { code, message, next, done } = error;
  return {
    kind: 'failed',
    error: { code, message, ...(next === undefined ? {} : { next }), ...(done === undefined ? {} : { done }) },
    findings: [],
  };
}
