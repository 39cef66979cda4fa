import type { OperationKind } from '#core/operation.ts';
import { authorise } from '../../access.ts';
import type { Context } from '../../http/env.ts';

const verbOf = { 'pin-host': 'host.pin', 'set-host': 'host.set' } as const satisfies Partial<
  Record<OperationKind, unknown>
>;

const saysWhoItIs = (kind: OperationKind): kind is keyof typeof verbOf => Object.hasOwn(verbOf, kind);

/**
 * Whoever says which key a host has, or where it is, says which machine it is: as for `host.add` a scope of some clusters
 * is not enough. Other kinds ask for nothing more. @throws AppError `forbidden`
 */
export async function authoriseIdentity(ctx: Context, kind: OperationKind): Promise<void> {
  if (saysWhoItIs(kind)) await authorise(ctx, verbOf[kind]);
}
