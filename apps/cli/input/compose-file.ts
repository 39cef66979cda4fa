import { AppError, type InputIssue } from '#core/errors.ts';
import { FileError } from './file-error.ts';
import type { YamlFile } from './yaml-file.ts';

/** An issue as a place in the Compose file of its stack, or undefined when it is about something else. */
export function inComposeFile(issue: InputIssue, fileOf: (stack: string) => YamlFile | undefined) {
  const [, stack = '', pointer = ''] = /^\/stacks\/([^/]+)\/compose(\/.*)?$/.exec(issue.pointer) ?? [];
  const found = fileOf(stack);
  if (found === undefined) return undefined;
  const { file, text, withoutValues: hide = (message: string) => message } = found;
  return { ...issue, message: hide(issue.message), pointer, file, line: text.lineOf(pointer) };
}

/** The same refusal with the lines of the one Compose file that was sent. */
export const withComposeLines = (error: AppError, file: YamlFile): AppError =>
  error.issues === undefined
    ? error
    : new FileError(
        undefined,
        withNext(error),
        error.issues
          .map((issue): InputIssue => inComposeFile(issue, () => file) ?? issue)
          .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
      );

/** Compose files are often somebody else's, and are to be changed for a swarm. */
const withNext = (error: AppError): AppError =>
  new AppError(error.code, error.message, {
    ...(error.done === undefined ? {} : { done: error.done }),
    ...(error.host === undefined ? {} : { host: error.host }),
    cause: error.cause,
    next:
      error.next ??
      'Mend the places that are named and try again; docs/compose.md says under "Compose files of others" what becomes of which key.',
  });
