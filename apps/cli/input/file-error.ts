import { AppError, type InputIssue } from '#core/errors.ts';
import type { YamlFile } from './yaml-file.ts';

/** A refusal of what a file says: its issues are places in that file, or each names its own. */
export class FileError extends AppError {
  readonly file: string | undefined;

  constructor(file: string | undefined, error: AppError, issues: InputIssue[]) {
    const { code, message, done, next, host, cause } = error;
    super(code, message, {
      issues,
      cause,
      ...(done === undefined ? {} : { done }),
      ...(next === undefined ? {} : { next }),
      ...(host === undefined ? {} : { host }),
    });
    this.file = file;
  }
}

/** A refusal of what a file says, each issue with its line. */
export const atLines = ({ file, text }: YamlFile, error: AppError, issues: readonly InputIssue[]): FileError =>
  new FileError(
    file,
    error,
    issues.map((issue) => ({ ...issue, line: text.lineOf(issue.pointer) })),
  );

/** The refusal of a file that names others. */
export const namesUnreadable = (file: YamlFile, issues: readonly InputIssue[]): FileError =>
  atLines(
    file,
    new AppError('invalid_input', `${file.file} names files that cannot be read`, { done: 'Nothing was sent.' }),
    issues,
  );

/** Waits for a call that carried what files say; a refusal is told as `placed` tells it. */
export const placedBy =
  (placed: (error: AppError) => AppError) =>
  <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      throw error instanceof AppError ? placed(error) : error;
    });
