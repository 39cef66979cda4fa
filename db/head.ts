import { type ChainHead, genesis } from '#core/audit/chain.ts';

/** The head from a row of `selectHeadSql`, or the beginning where there is none. */
export const headOf = (row: readonly unknown[] | undefined): ChainHead =>
  row === undefined ? genesis : { sequence: Number(row[0]), hash: String(row[1]) };

/** Times never go back in the record, also when a clock does: what was recorded later has no earlier time. */
export const laterOf = (at: string, headRow: readonly unknown[] | undefined): string => {
  const last = headRow?.[2];
  return typeof last === 'string' && last > at ? last : at;
};
