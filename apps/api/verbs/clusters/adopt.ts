import { and, eq, inArray, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import { nameSchema } from '#core/spec/names.ts';
import type { adoptRequestSchema } from '#core/wire.ts';
import { noRow } from '#db/guard.ts';
import { operations } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call } from '../../http/env.ts';
import { parsed } from '../../http/valid.ts';
import { clusterRowOrNull } from '../../views/cluster.ts';
import { hostRow } from '../../views/host.ts';
import { acceptOperation } from '../operations/accept.ts';
import { openStates } from '../operations/turn.ts';

export type AdoptCluster = z.output<typeof adoptRequestSchema> & { cluster: string };

/**
 * Asks a worker to read the swarm of a manager; what it sees is recorded as this cluster. An adopted cluster may be
 * adopted again, which looks anew at who its nodes are. Changes nothing on any host.
 * @throws AppError `not_found` for the host, `already_exists` for the name, `conflict` for a host of another cluster.
 */
export async function adoptCluster({ ctx, input }: Call<AdoptCluster>): Promise<Operation> {
  await authorise(ctx, 'cluster.adopt', input.cluster);
  if (input.draft) await authorise(ctx, 'revision.propose', input.cluster);
  const { read } = ctx.deps.store;
  const name = parsed(nameSchema, input.cluster, 'cluster');
  const host = await hostRow(read, input.from);
  const cluster = await clusterRowOrNull(read, name);
  if (cluster?.mode === 'managed') throw nameTaken(name);
  if (host.cluster !== null && host.cluster !== name) throw ofAnotherCluster(host.name, host.cluster);
  const open = read
    .select({ id: operations.id })
    .from(operations)
    .where(
      and(
        eq(operations.kind, 'adopt'),
        inArray(operations.state, openStates),
        sql`json_extract(${operations.request}, '$.name') = ${name}`,
      ),
    );
  return await acceptOperation(ctx, {
    request: { kind: 'adopt', name, from: input.from, ...(input.draft ? { draft: true } : {}) },
    // Its row is made once there is something to record.
    cluster: cluster === null ? null : name,
    reason: input.reason,
    expects: [
      noRow('nobody adopts it now', open, () => new AppError('busy', `${name} is just being adopted`, notDone)),
    ],
  });
}

const notDone = { done: 'Nothing was done.', next: 'Watch that operation: `flotilla ops ls --kind adopt`.' };

/** A cluster that is managed here cannot become one that is only looked at. */
export const nameTaken = (name: string): AppError =>
  new AppError('already_exists', `There is a cluster ${name} already, and it is managed here`, {
    done: 'Nothing was recorded, and nothing was changed on any host.',
    next: 'Adopt the swarm under another name.',
  });

const ofAnotherCluster = (host: string, cluster: string): AppError =>
  new AppError('conflict', `${host} belongs to the cluster ${cluster}, and a host belongs to one cluster at most`, {
    done: 'Nothing was done.',
    next: `Look at it with \`flotilla cluster show ${cluster}\`.`,
  });
