import type { OperationView, StepView } from '../wire.ts';
import { stepSentence } from '../wording.ts';
import { element, xmlText } from './xml.ts';

type Ended = Pick<OperationView, 'id' | 'kind' | 'cluster' | 'state' | 'error' | 'steps' | 'startedAt' | 'endedAt'>;

/**
 * An operation as JUnit XML, for one that ended before anything could be verified: a test case for each step, and one
 * for the operation itself where no step says why it did not succeed. One fault is one failure.
 */
export function junitOfOperation(view: Ended): string {
  const { id, kind, cluster, steps } = view;
  const isTold = steps.some(hasFailed);
  const cases = [...steps.map((step) => stepCase(view, step)), ...(isTold ? [] : [wholeCase(view)])];
  const failures = isTold ? steps.filter(hasFailed).length : Number(view.state !== 'succeeded');
  const skipped = steps.filter(({ outcome }) => outcome === null).length;
  const counts = { tests: cases.length, failures, errors: 0 };
  const time = secondsOf(view).toFixed(3);
  const suite = element(
    'testsuite',
    { name: `${cluster ?? 'hosts'}: ${kind}`, ...counts, skipped, time },
    cases.map((one) => `\n    ${one}`).concat('\n  '),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: `${kind} ${id}`, ...counts, time }, [`\n  ${suite}\n`])}\n`;
}

function wholeCase(view: Ended): string {
  const { id, kind, cluster, state, error } = view;
  return element(
    'testcase',
    { classname: cluster ?? 'hosts', name: `${kind} ${id}`, time: secondsOf(view).toFixed(3) },
    state === 'succeeded' ? [] : [failure(state, error?.message ?? state, [error?.done ?? '', error?.next ?? ''])],
  );
}

const secondsOf = ({ startedAt, endedAt }: Ended): number =>
  startedAt === null || endedAt === null ? 0 : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;

function stepCase({ cluster }: Ended, { step, outcome, ms }: StepView): string {
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
