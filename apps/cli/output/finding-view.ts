import type { Finding } from '#core/finding.ts';
import { confidenceText, explained, whereOf } from '#core/findings.ts';
import { noColours } from './paint.ts';
import type { TableOptions } from './table.ts';
import { hang } from './width.ts';

const marks = { error: '✗', warning: '!', note: 'i' } as const;

/** Lines of one finding: what is wrong and where, the evidence, and what to do. */
export function findingLines(finding: Finding, { paint = noColours, width }: TableOptions = {}): string[] {
  const colour = { error: paint.red, warning: paint.yellow, note: paint.cyan }[finding.severity];
  const where = whereOf(finding);
  const sure = confidenceText(finding);
  const symptom = sure === '' || finding.severity === 'note' ? '' : ` (${sure})`;
  const text = `${where === '' ? '' : `${paint.bold(where)}: `}${finding.message}${symptom} ${paint.dim(`[${finding.id}]`)}`;
  return [
    ...hang(`${colour(marks[finding.severity])} `, text, width),
    ...finding.evidence.flatMap((evidence) => evidence.split('\n')).map((line) => `    ${paint.dim(line)}`),
    ...(finding.consequenceOf === null ? [] : [`    Follows from: ${finding.consequenceOf}`]),
    ...(finding.fix === undefined ? [] : hang('    Fix: ', finding.fix, width)),
  ];
}

/** Lines of many findings: what explains others first, with these in a line each below it. */
export const findingsLines = (findings: Finding[], options: TableOptions = {}): string[] =>
  explained(findings).flatMap(({ finding, consequences }) => [
    ...findingLines(finding, options),
    ...consequences.flatMap((one) => consequenceLines(one, options)),
  ]);

const consequenceLines = ({ id, message }: Finding, { paint = noColours, width }: TableOptions): string[] =>
  hang('    → in consequence: ', paint.dim(`${message} [${id}]`), width);
