import { withMoments } from '#core/moments.ts';
import type { InputIssue } from '#core/errors.ts';
import { pathText } from './path-text.ts';
import { noColours } from './paint.ts';
import type { TableOptions } from './table.ts';
import { hang } from './width.ts';

/** Why something did not work, wherever it came from: an AppError, a problem answer, a failed operation. */
export interface Failure {
  code: string;
  message: string;
  host?: string | undefined;
  done?: string | undefined;
  next?: string | undefined;
  /** The way back, where there is one. */
  undo?: string | undefined;
  issues?: InputIssue[] | undefined;
}

export interface FailureOptions extends TableOptions {
  /** The file that the issues are places in. */
  file?: string | undefined;
}

/** `demo.yaml:14 networks.x.subnet` in a file, `networks.x.subnet` in a request. */
export function placeText({ pointer, line, file: own }: InputIssue, whole?: string): string {
  const file = own ?? whole;
  const at = file === undefined ? [] : [line === undefined ? file : `${file}:${line}`];
  return [...at, ...(pointer === '' ? [] : [pathText(pointer)])].join(' ');
}

/** A place that the API tells as a JSON pointer is read as a path: `rules[0].command`. */
function messageText({ message, issues = [] }: Failure): string {
  const [only, ...more] = issues;
  if (only === undefined || more.length > 0 || only.pointer === '') return message;
  return message.replace(` at ${only.pointer}:`, () => ` at ${pathText(only.pointer)}:`);
}

/** What happened, where, what was and was not done, what to do next. */
export function failureLines(failure: Failure, { paint = noColours, width, file }: FailureOptions = {}): string[] {
  const part = (name: string, text: string | undefined): string[] =>
    text === undefined ? [] : hang(`  ${name}: `, withMoments(text), width);
  const issues = (failure.issues ?? []).flatMap((issue) => {
    // The only one is often told in the message already; its line in a file is not.
    const isTold = failure.issues?.length === 1 && failure.message.includes(issue.message);
    if (isTold && file === undefined && issue.file === undefined) return [];
    const place = placeText(issue, file);
    return hang('  ', `${place === '' ? '' : `${paint.bold(place)}: `}${withMoments(issue.message)}`, width);
  });
  return [
    ...hang(
      `${paint.red(paint.bold('Error:'))} `,
      `${withMoments(messageText(failure))} ${paint.dim(`[${failure.code}]`)}`,
      width,
    ),
    ...issues,
    ...part('Host', failure.host),
    ...part('Done', failure.done),
    ...part('Next', failure.next),
    ...part('Undo', failure.undo),
  ];
}
