import { AppError } from '#core/errors.ts';
import { type Refusal, errorOf } from './refusal.ts';
import { type PlainUnit, plainUnit } from './unit.ts';
import type { Guard } from './guard.ts';
import type { Committed, Store, Unit } from './store.ts';

/** Who carries out plain units: a driver here, or one elsewhere. Rejects only for faults. */
export type Write = (unit: PlainUnit) => Promise<WriteResult>;

/** What became of a unit, as plain data. */
export type WriteResult =
  | { kind: 'committed'; committed: Committed }
  /** The guard of that index did not hold. */
  | { kind: 'guard'; index: number }
  /** Everything could be, and was undone. */
  | { kind: 'rehearsed' }
  | { kind: 'refused'; refusal: Refusal };

/** A guard without a refusal of its own did not hold; nothing of the commit was written. */
export class GuardFailed extends AppError {
  readonly guard: string;

  constructor(guard: string) {
    super('conflict', `This does not hold any more: ${guard}.`, {
      done: 'Nothing of it was written.',
      next: 'Look at what is there now and ask again.',
    });
    this.name = 'GuardFailed';
    this.guard = guard;
  }
}

/** `commit` of a store over whoever writes. */
export const commitBy =
  (write: Write): Store['commit'] =>
  async (unit) => {
    const result = await write(plainUnit(unit));
    if (result.kind === 'committed') return result.committed;
    if (result.kind === 'refused') throw errorOf(result.refusal);
    if (result.kind === 'rehearsed') throw new Error('A commit was rehearsed.');
    throw refusalOf(unit, result.index);
  };

/** The last change of a rehearsal: it is always refused, so that nothing before it stays. */
const undone = { sql: "insert into guard (name) values ('rehearsed')", params: [] };

/** `rehearse` of a store over whoever writes. */
export const rehearseBy =
  (write: Write): Store['rehearse'] =>
  async (unit) => {
    const { guards, changes } = plainUnit(unit);
    const result = await write({ guards, changes: [...changes, undone], events: [], dispatch: [] });
    if (result.kind === 'rehearsed') return;
    if (result.kind === 'refused') throw errorOf(result.refusal);
    if (result.kind === 'guard') throw refusalOf(unit, result.index);
    throw new Error('A rehearsal was committed.');
  };

function refusalOf(unit: Unit, index: number): AppError {
  const guard: Guard | undefined = unit.expects?.[index];
  return guard?.refusal?.() ?? new GuardFailed(guard?.name ?? `guard ${index}`);
}
