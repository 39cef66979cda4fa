import type { RecordFault } from '#core/audit/faults.ts';
import { textOfFault } from '#core/audit/faults.ts';
import { errorOf, type Refusal } from '#db/refusal.ts';
import type { Store } from '#db/store.ts';

interface Watch {
  readonly fault: RecordFault | null;
  noted: (sequence: number) => void;
}

/** A store that writes only while the record is whole, and tells the keeper of what it wrote. */
export const guardedStore = (store: Store, watch: () => Watch | null): Store => ({
  ...store,
  async commit(unit) {
    const fault = watch()?.fault ?? null;
    if (fault !== null) throw errorOf(recordRefusal(fault));
    const committed = await store.commit(unit);
    const last = committed.sequences.at(-1);
    if (last !== undefined) watch()?.noted(last);
    return committed;
  },
});

/** What a write is refused with while the record does not fit. */
export const recordRefusal = ({ kind, reason }: RecordFault): Refusal => ({
  code: 'audit_unavailable',
  message: `The record is not whole, so nothing is written. ${textOfFault(kind)}. ${reason}`,
  done: 'Nothing was done.',
  next: 'Look at it with `flotilla audit verify`, and read docs/audit.md on what to do then.',
});
