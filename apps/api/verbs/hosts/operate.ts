import { eq, sql } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { Operation, OperationRequest } from '#core/operation.ts';
import { type Guard, someRow } from '#db/guard.ts';
import { prepared } from '#db/reader.ts';
import { hosts } from '#db/schema/index.ts';
import { type Template, template } from '#db/template.ts';
import { authorise, type Verb } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { clusterRow, refuseAdopted } from '../../views/cluster.ts';
import { hostRow } from '../../views/host.ts';
import { acceptOperation } from '../operations/accept.ts';

/** Operations on one host; each waits for its turn in the cluster that the host belongs to, if any. */
type HostRequest = Extract<OperationRequest, { host: string }>;

const verbOf = {
  'probe-host': 'host.probe',
  'clean-host': 'host.clean',
  'restart-engine': 'engine.restart',
  'pin-host': 'host.pin',
  'set-host': 'host.set',
} as const satisfies Record<HostRequest['kind'], Verb>;

const registered = prepared((read): Template<{ name: string }> =>
  template(() =>
    read
      .select({ name: hosts.name })
      .from(hosts)
      .where(eq(hosts.name, sql.placeholder('name'))),
  ),
);

/** @throws AppError `not_found`, `adopted_read_only` */
export async function operateOnHost({
  ctx,
  input: { request, reason },
  expects = [],
}: Call<{ request: HostRequest; reason: string | null }> & { expects?: Guard[] }): Promise<Operation> {
  const { read } = ctx.deps.store;
  const { cluster } = await hostRow(read, request.host);
  await authorise(ctx, verbOf[request.kind], cluster);
  if (request.kind === 'restart-engine' && cluster !== null) refuseAdopted(await clusterRow(read, cluster));
  const there = registered(read)({ name: request.host });
  return await acceptOperation(ctx, {
    request,
    cluster,
    reason,
    expects: [
      ...expects,
      someRow('the host is registered', there, () => new AppError('not_found', `There is no host ${request.host}`)),
    ],
  });
}
