import { z } from 'zod';
import { AppError } from '../errors.ts';
import { isImagePath } from '../plan/decisions.ts';
import { startVerb } from './verb.ts';

/** Proposes the spec of an earlier revision again, as a new revision. */
export const rollback = startVerb({
  noun: 'rollback',
  action: '',
  summary: 'Propose an earlier revision again',
  example: 'rollback 3',
  positional: ['to'],
  alsoFlags: ['to'],
  args: z.strictObject({ to: z.int().min(1).describe('Number of the revision to go back to') }),
  needs: ({ to }) => to,
  // What ran then is what its tags meant then.
  decide: (_args, { current, earlier }) => [
    ...current.filter(({ path }) => !isImagePath(path)),
    ...earlier.filter(({ path }) => isImagePath(path)),
  ],
  edit: ({ to }, { earlier }) => {
    if (earlier !== null) return earlier;
    throw new AppError('not_found', `There is no revision ${to} of this cluster.`, { done: 'Nothing was changed.' });
  },
});
