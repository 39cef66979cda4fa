import type { z } from 'zod';
import { AppError, type InputIssue } from '#core/errors.ts';

/** Each place that is wrong, with a JSON pointer (RFC 6901) that starts at `root`. */
export const issuesOf = (error: z.ZodError, root = ''): InputIssue[] =>
  error.issues.flatMap((issue) => {
    const at = root + pointerOf(issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: `${at}${pointerOf([key])}`, message: 'This key is not known' }));
    }
    return [{ pointer: at, message: issue.message }];
  });

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Where a validator looked, as the reader knows it. */
const places: Record<string, string> = { json: 'body', param: 'path', query: 'query', header: 'headers' };

/**
 * The one hook of all validators. It throws, so that the types of successful answers stay clean; the answer is made
 * with every other refusal in problem.ts.
 */
export function refuseInvalid(result: { success: boolean; target: string; error?: z.ZodError }): void {
  if (result.success || result.error === undefined) return;
  const place = places[result.target] ?? result.target;
  const issues = issuesOf(result.error, result.target === 'json' ? '' : `/${place}`);
  const first = issues[0];
  const where = first === undefined || first.pointer === '' ? '' : ` at ${first.pointer}`;
  throw new AppError('invalid_input', `The ${place} of the request is not valid${where}: ${first?.message ?? ''}`, {
    done: 'Nothing was done.',
    issues,
  });
}

/** Parses what a route leaves as `unknown`. @throws AppError `invalid_input` with pointers. */
export function parsed<T extends z.ZodType>(schema: T, value: unknown, root = ''): z.output<T> {
  const result = schema.safeParse(value);
  if (!result.success) refuseInvalid({ success: false, target: 'json', error: rooted(result.error, root) });
  return result.success ? result.data : neverHere();
}

function rooted(error: z.ZodError, root: string): z.ZodError {
  if (root !== '') for (const issue of error.issues) issue.path.unshift(root);
  return error;
}

function neverHere(): never {
  throw new Error('refuseInvalid has thrown before.');
}
