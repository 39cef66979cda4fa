import type { AppError } from '#core/errors.ts';
import type { Builder } from './statement.ts';

/** What must hold when the commit is carried out, before its changes; otherwise nothing of it happens. */
export interface Guard {
  /** Reads as a sentence that is true: `the operation is held under this fence`. */
  name: string;
  /** `row`: the query finds one or more. `no-row`: it finds none. */
  expects: 'row' | 'no-row';
  query: Builder;
  /** The refusal that the caller of `commit` gets; without it AppError('conflict') with the guard's name. */
  refusal?: () => AppError;
}

/** The query must find a row. */
export const someRow = (name: string, query: Builder, refusal?: () => AppError): Guard =>
  refusal === undefined ? { name, expects: 'row', query } : { name, expects: 'row', query, refusal };

/** The query must find nothing. */
export const noRow = (name: string, query: Builder, refusal?: () => AppError): Guard =>
  refusal === undefined ? { name, expects: 'no-row', query } : { name, expects: 'no-row', query, refusal };
