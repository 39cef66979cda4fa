import { AppError, type ErrorCode } from '#core/errors.ts';

/** An AppError as plain data. */
export interface Refusal {
  code: ErrorCode;
  message: string;
  done: string;
  next: string;
}

export const errorOf = ({ code, message, ...fields }: Refusal, cause?: unknown): AppError =>
  new AppError(code, message, cause === undefined ? fields : { ...fields, cause });
