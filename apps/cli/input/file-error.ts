import { AppError, type InputIssue } from '#core/errors.ts';

/** A refusal of what a file says: its issues are places in that file. */
export class FileError extends AppError {
  readonly file: string;

  constructor(file: string, error: AppError, issues: InputIssue[]) {
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
