import type { AuditDraft } from '#core/audit.ts';
import type { DryRun } from '#core/wire.ts';
import type { Unit } from '#db/store.ts';
import type { Deps } from '../deps.ts';

/** The end of a rehearsal: everything was looked at up to the commit, which would go through. No error. */
export class Rehearsed extends Error {
  readonly would: DryRun;

  constructor(unit: Unit) {
    super('rehearsed');
    this.name = 'Rehearsed';
    this.would = { dryRun: true, would: unit.events.map((event) => told(event)) };
  }
}

/** Ids are made up in a rehearsal, so that those of operations are left out. */
const told = ({ action, outcome, cluster, target, operation }: AuditDraft): DryRun['would'][number] => ({
  action,
  outcome,
  cluster,
  target: target === null || target.id === operation ? null : target,
});

/**
 * The app's dependencies for `?dry_run=true`: the first commit that changes something is tried, undone, and told. What
 * changes nothing but the record (a denial) is written all the same.
 */
export const rehearsing = (deps: Deps): Deps => ({
  ...deps,
  store: {
    ...deps.store,
    async commit(unit) {
      if (unit.changes.length === 0) return await deps.store.commit(unit);
      await deps.store.rehearse(unit);
      throw new Rehearsed(unit);
    },
  },
});
