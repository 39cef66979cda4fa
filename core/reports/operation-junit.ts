import type { OperationView, StepView } from '../wire.ts';
import { stepSentence } from '../wording.ts';
import { element, xmlText } from './xml.ts';

/**
 * An operation as JUnit XML, for one that ended before anything could be verified: a test case for each step, and one
 * for the operation itself.
 */
export function junitOfOperation(view: OperationView): string {
  const { id, kind, cluster, state, error } = view;
  const isGood = state === 'succeeded';
  const whole = element(
    'testcase',
    { classname: cluster ?? 'hosts', name: `${kind} ${id}`, time: 0 },
    isGood ? [] : [failure(state, error?.message ?? state, [error?.done ?? '', error?.next ?? ''])],
  );
  const cases = [...view.steps.map((step) => stepCase(view, step)), whole];
  const failures = view.steps.filter(hasFailed).length + (isGood ? 0 : 1);
  const skipped = view.steps.filter(({ outcome }) => outcome === null).length;
  const counts = { tests: cases.length, failures, errors: 0 };
  const suite = element(
    'testsuite',
    { name: `${cluster ?? 'hosts'}: ${kind}`, ...counts, skipped, time: 0 },
    cases.map((one) => `\n    ${one}`).concat('\n  '),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: `${kind} ${id}`, ...counts }, [`\n  ${suite}\n`])}\n`;
}

function stepCase({ cluster }: OperationView, { step, outcome, ms }: StepView): string {
  const where = step.host === null ? '' : `${step.host}: `;
  const attributes = {
    classname: `${cluster ?? 'hosts'}.steps`,
    name: `${where}${stepSentence(step)}`,
    time: ((ms ?? 0) / 1000).toFixed(3),
  };
  if (outcome === null) return element('testcase', attributes, [element('skipped', { message: 'not started' })]);
  if (outcome.kind === 'failed') {
    const { message, done = '', next = '' } = outcome.error;
    return element('testcase', attributes, [failure('failed', message, [done, next])]);
  }
  if (outcome.kind === 'blocked')
    return element('testcase', attributes, [failure('blocked', outcome.finding.message, [outcome.finding.fix ?? ''])]);
  return element('testcase', attributes);
}

const hasFailed = ({ outcome }: StepView): boolean => outcome?.kind === 'failed' || outcome?.kind === 'blocked';

const failure = (type: string, message: string, more: string[]): string =>
  element('failure', { type, message }, [xmlText([message, ...more.filter((line) => line !== '')].join('\n'))]);
