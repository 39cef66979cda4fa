import type { Finding } from '#core/finding.ts';
import { confidenceText, evidenceLines, explained, type Explained, whereOf } from '#core/findings.ts';
import { nameList } from '#core/name-list.ts';
import { noColours, type Paint } from './paint.ts';
import type { TableOptions } from './table.ts';
import { hang } from './width.ts';

const marks = { error: '✗', warning: '!', note: 'i' } as const;

/** Lines of one finding: what is wrong and where, the evidence, and what to do. */
export function findingLines(finding: Finding, { paint = noColours, width }: TableOptions = {}): string[] {
  const colour = colourOf(finding.severity, paint);
  const where = whereOf(finding);
  const sure = confidenceText(finding);
  const symptom = sure === '' || finding.severity === 'note' ? '' : ` (${sure})`;
  const text = `${where === '' ? '' : `${paint.bold(where)}: `}${finding.message}${symptom} ${paint.dim(`[${finding.id}]`)}`;
  return [
    ...hang(`${colour(marks[finding.severity])} `, text, width),
    ...evidenceLines(finding).map((line) => `    ${paint.dim(line)}`),
    ...(finding.consequenceOf === null ? [] : [`    Follows from: ${finding.consequenceOf}`]),
    ...(finding.fix === undefined ? [] : hang('    Fix: ', finding.fix, width)),
  ];
}

/** One rule that was rolled out to forty hosts is forty findings: so many of a cause are shown whole. */
const shownOfOne = 3;

/**
 * Lines of many findings: what explains others first, with these in a line each below it. Of more than a few with the
 * same cause the first ones stand for all, and where the others are is said.
 */
export const findingsLines = (findings: Finding[], options: FindingsOptions = {}): string[] =>
  [
    ...Map.groupBy(explained(findings), ({ finding }) => `${finding.severity} ${finding.id} ${finding.symptom}`),
  ].flatMap(([, alike]) => {
    const isMany = alike.length > shownOfOne + 1 && options.verbose !== true;
    const shown = isMany ? alike.slice(0, shownOfOne) : alike;
    return [...shown.flatMap((one) => explainedLines(one, options)), ...restLines(alike.slice(shown.length), options)];
  });

interface FindingsOptions extends TableOptions {
  /** Every finding whole. */
  verbose?: boolean;
}

const explainedLines = ({ finding, consequences }: Explained, options: TableOptions): string[] => [
  ...findingLines(finding, options),
  ...consequences.flatMap((one) => consequenceLines(one, options)),
];

function restLines(rest: readonly Explained[], { paint = noColours, width }: TableOptions): string[] {
  const [first] = rest;
  if (first === undefined) return [];
  const { id, severity } = first.finding;
  const hosts = [...new Set(rest.flatMap(({ finding }) => finding.hosts))];
  const where = hosts.length === 0 ? '' : `, at ${nameList(hosts)}`;
  const text = `the same ${rest.length} times more${where}: --verbose shows all ${paint.dim(`[${id}]`)}`;
  return hang(`${colourOf(severity, paint)(marks[severity])} `, text, width);
}

const colourOf = (severity: Finding['severity'], paint: Paint): ((text: string) => string) =>
  ({ error: paint.red, warning: paint.yellow, note: paint.cyan })[severity];

const consequenceLines = ({ id, message }: Finding, { paint = noColours, width }: TableOptions): string[] =>
  hang('    → in consequence: ', paint.dim(`${message} [${id}]`), width);
