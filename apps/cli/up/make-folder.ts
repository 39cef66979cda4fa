import { mkdirSync } from 'node:fs';
import { AppError } from '#core/errors.ts';

/** Makes a folder for this user only. @throws AppError `invalid_input` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError('invalid_input', `The data folder ${folder} cannot be made`, {
      done: 'Nothing was started.',
      next: 'Name another one with --data or FLOTILLA_DATA.',
      cause: error,
    });
  }
}
