import { newId } from '#core/ids.ts';
import { type Change, insertRows } from '#db/change.ts';
import { notices } from '#db/schema/index.ts';
import { timeOf } from '../../commit.ts';
import type { Context } from '../../http/env.ts';

export interface Notice {
  /** What it is about, such as `approval.requested`, `lock.taken-over`, `break-glass.used`. */
  kind: string;
  message: string;
  cluster: string | null;
  operation?: string | null;
}

/** Leaves a notice for each of some persons, in the commit of what it tells. */
export function tell({ deps }: Context, whom: Iterable<string>, notice: Notice): Change[] {
  const nowMs = deps.nowMs();
  const rows = [...new Set(whom)].map((person) => ({
    id: newId('ntc', nowMs),
    person,
    at: timeOf(nowMs),
    operation: null,
    ...notice,
  }));
  return insertRows(notices, rows);
}
