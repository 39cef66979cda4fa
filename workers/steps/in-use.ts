import { AppError } from '#core/errors.ts';

/** How engines of all versions say that an object has users; the HTTP status differs between them. */
export const isInUse = (error: unknown): boolean =>
  error instanceof AppError && /in use|has active endpoints|active tasks/i.test(error.message);
