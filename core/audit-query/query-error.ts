import { AppError } from '../errors.ts';

/** A query that cannot be read. `position` counts characters from 1. */
export class QueryError extends AppError {
  readonly position: number;

  constructor(query: string, at: number, message: string) {
    const start = Math.max(0, at - 20);
    const shown = query.slice(start, at + 30);
    super('invalid_input', `${message} (character ${at + 1} of the query: …${shown}…)`.replace('…'.repeat(2), '…'), {
      done: 'Nothing was looked for.',
      next: 'Fields are actor, action, cluster, host, outcome, source, risk, plan, op, target, created, seq and stream; other text is looked for as it is.',
      issues: [{ pointer: '/query/q', message: `character ${at + 1}: ${message}` }],
    });
    this.name = 'QueryError';
    this.position = at + 1;
  }
}
