import { and, eq } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import { operationRow, type OperationRow } from '../../views/operation.ts';

/** The lease under which a worker speaks. */
export interface Held {
  id: string;
  worker: string;
  fence: number;
}

/** The operation that a worker holds. @throws AppError `not_found`, `stale_fence` */
export async function heldOperation(read: Reader, held: Held): Promise<OperationRow> {
  const row = await operationRow(read, held.id);
  if (row.state !== 'running' || row.fence !== held.fence || row.leaseHolder !== held.worker) throw staleFence(held);
  return row;
}

/** That it still holds it, for the commit. */
export const stillHeld = (read: Reader, held: Held): Guard =>
  someRow(
    'the operation is held under this fence',
    read
      .select({ id: operations.id })
      .from(operations)
      .where(
        and(
          eq(operations.id, held.id),
          eq(operations.state, 'running'),
          eq(operations.fence, held.fence),
          eq(operations.leaseHolder, held.worker),
        ),
      ),
    () => staleFence(held),
  );

export const staleFence = ({ id, fence }: Held): AppError =>
  new AppError('stale_fence', `The lease ${fence} on operation ${id} is not held any more`, {
    done: 'Nothing of this request was taken.',
    next: 'Stop before the next step.',
  });
