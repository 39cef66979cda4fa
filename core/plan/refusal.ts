import type { OperationError } from '../operation.ts';
import type { Problem } from './part.ts';

/**
 * One error out of all problems: the code of the first, every message, every way out.
 * `host` is set when all problems are about the same one.
 */
export function refusalOf(problems: readonly [Problem, ...Problem[]]): OperationError {
  const messages = unique(problems.map(({ finding }) => finding.message));
  const fixes = unique(problems.flatMap(({ finding }) => finding.fix ?? []));
  const [host, ...others] = unique(problems.flatMap(({ finding }) => finding.hosts));
  return {
    code: problems[0].code,
    message: messages.join(' '),
    done: 'Nothing was changed on any host.',
    ...(fixes.length === 0 ? {} : { next: fixes.join(' ') }),
    ...(host === undefined || others.length > 0 ? {} : { host }),
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
