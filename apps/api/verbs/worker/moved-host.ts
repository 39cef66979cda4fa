import { eq } from 'drizzle-orm';
import { isSameTarget, targetText } from '#core/host.ts';
import type { OperationError } from '#core/operation.ts';
import { update } from '#db/change.ts';
import { hosts } from '#db/schema/index.ts';
import { recordOf } from '../../commit.ts';
import { isThroughItself } from '../hosts/bastions.ts';
import type { Effect } from './effect.ts';
import { notShown } from './renewed-pin.ts';
import type { ReportWorld } from './report-world.ts';

/* The new way of a `set-host` counts when the worker has met the machine there, and the old one still is what it was. */

/** The host is reached in the new way from now on. */
export function moveHost(world: ReportWorld): Effect {
  const { ctx, row } = world;
  if (row.request.kind !== 'set-host' || notShown(world) !== null || notMoved(world) !== null)
    return { changes: [], events: [] };
  const { host, from, to, recorded, force } = row.request;
  return {
    changes: [update(hosts).set(to).where(eq(hosts.name, host))],
    events: [
      recordOf(ctx, {
        action: 'host.set',
        outcome: 'recorded',
        cluster: row.cluster,
        target: { kind: 'host', id: host },
        operation: row.id,
        details: { from, to, recorded, force },
      }),
    ],
  };
}

/** Why a `set-host` that says that it succeeded did not; null where nothing speaks against it. */
export function notMoved({ row, hosts: known }: ReportWorld): OperationError | null {
  if (row.request.kind !== 'set-host') return null;
  const { host: name, from, to } = row.request;
  const host = known.get(name);
  const done = `${name} was met there, but it is reached as before.`;
  const next = `Look at it with \`flotilla host show ${name}\`, and ask anew.`;
  const conflict = (message: string): OperationError => ({ code: 'conflict', message, done, next, host: name });
  if (host === undefined || !isSameTarget(host, from))
    return conflict(`${name} is not reached as ${targetText(from)} any more: somebody else has changed it meanwhile`);
  if (to.via !== null && !known.has(to.via)) return conflict(`The bastion ${to.via} was removed meanwhile`);
  if (isThroughItself(name, to.via, known)) return conflict(`${name} would be reached through itself by now`);
  return null;
}
