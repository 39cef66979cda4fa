import { AppError, exitCodeOf } from '#core/errors.ts';
import { Interrupted } from '#cli/progress/interrupted.ts';

/** Exit code of `audit verify` when it could not look: codes from 10 to 17 say what was found. */
const notCheckedExit = 1;

/** Gives refusals whose exit code would read as a finding another one. */
export async function orNotChecked<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppError) || exitCodeOf(error.code) < 10 || exitCodeOf(error.code) > 17) throw error;
    const { code, message, done, next } = error;
    throw new Interrupted({ code, message: `Not checked: ${message}`, done, next }, notCheckedExit);
  }
}
