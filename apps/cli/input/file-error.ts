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

/** Waits for a call that carried what files say; a refusal is told as `placed` tells it. */
export const placedBy =
  (placed: (error: AppError) => AppError) =>
  <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      throw error instanceof AppError ? placed(error) : error;
    });
