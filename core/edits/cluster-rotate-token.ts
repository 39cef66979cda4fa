import { z } from 'zod';
import { nextTurn } from '../plan/token-turns.ts';
import { editVerb } from './verb.ts';

/** Leaves the spec as it is: that the token is to be another one is decided with the revision. */
export const clusterRotateToken = editVerb({
  noun: 'cluster',
  action: 'rotate-token',
  summary: 'Make the token anew that lets workers or managers join',
  example: 'cluster rotate-token worker',
  positional: ['role'],
  args: z.strictObject({ role: z.enum(['worker', 'manager']).describe('Whose token') }),
  decide: ({ role }, { current }) => nextTurn(current, role),
  edit: (spec) => spec,
});
