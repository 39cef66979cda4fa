import { AppError, type InputIssue } from '#core/errors.ts';

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
