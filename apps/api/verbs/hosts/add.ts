import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { anyAlgorithm } from '#core/host.ts';
import type { addHostSchema, HostView } from '#core/wire.ts';
import { insertInto } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { eq } from 'drizzle-orm';
import { hostKeys, hosts } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import { commit, recordOf, timeOf } from '../../commit.ts';
import type { Call } from '../../http/env.ts';
import { hostView } from '../../views/host.ts';
import { bastionThere } from './bastions.ts';

/** Registers a host. Nothing is connected to. @throws AppError `already_exists`, `not_found` for an unknown bastion. */
export async function addHost({ ctx, input }: Call<z.output<typeof addHostSchema>>): Promise<HostView> {
  await authorise(ctx, 'host.add');
  const { store, nowMs } = ctx.deps;
  const { fingerprint, ...host } = input;
  const at = timeOf(nowMs());
  const named = (name: string) => store.read.select({ name: hosts.name }).from(hosts).where(eq(hosts.name, name));
  await commit(ctx.deps, {
    expects: [
      noRow('no host has that name', named(host.name), () => alreadyThere(host.name)),
      ...(host.via === null ? [] : [bastionThere(store.read, { name: host.name, via: host.via })]),
    ],
    changes: [
      insertInto(hosts).values({ ...host, createdAt: at }),
      ...(fingerprint === null
        ? []
        : [insertInto(hostKeys).values({ host: host.name, algorithm: anyAlgorithm, fingerprint, pinnedAt: at })]),
    ],
    events: [
      recordOf(ctx, {
        action: 'host.added',
        outcome: 'succeeded',
        target: { kind: 'host', id: host.name },
        details: { ...input },
      }),
    ],
  });
  return await hostView(store.read, host.name);
}

const alreadyThere = (name: string): AppError =>
  new AppError('already_exists', `There is a host ${name} already`, {
    done: 'Nothing was changed.',
    next: `Look at it with \`flotilla host ls\`; remove it with \`flotilla host rm ${name}\` to register it anew.`,
  });
