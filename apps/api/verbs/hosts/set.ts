import { and, eq, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import { isSameTarget, sshTargetOf, type SshTarget, targetText } from '#core/host.ts';
import type { Operation } from '#core/operation.ts';
import type { HostView, setHostSchema } from '#core/wire.ts';
import { operations } from '#db/schema/index.ts';
import type { Reader } from '#db/reader.ts';
import type { Call } from '../../http/env.ts';
import { hostsWhere, hostView } from '../../views/host.ts';
import { onlyOne } from '../operations/under-way.ts';
import { authoriseIdentity } from './authorise-identity.ts';
import { bastionThere, isThroughItself } from './bastions.ts';
import { operateOnHost } from './operate.ts';
import { recordedMachine } from './recorded.ts';

/**
 * Reaches a host in another way, once a worker has met its pinned key there and, behind it, the engine on record. Which
 * way it was is in the request, and so on record. @throws AppError `not_found`, `conflict`, `locked`
 */
export async function setHost({
  ctx,
  input: { name, force, reason, ...asked },
}: Call<z.output<typeof setHostSchema> & { name: string }>): Promise<Operation> {
  await authoriseIdentity(ctx, 'set-host');
  const { read } = ctx.deps.store;
  const host = await hostView(read, name);
  const from = sshTargetOf(host);
  const to: SshTarget = {
    address: asked.address ?? from.address,
    port: asked.port ?? from.port,
    user: asked.user ?? from.user,
    key: asked.key ?? from.key,
    via: asked.via === undefined ? from.via : asked.via,
  };
  await refuseUnfit(read, host, { from, to });
  const request = {
    kind: 'set-host',
    host: name,
    from,
    to,
    recorded: await recordedMachine(read, host),
    force,
  } as const;
  const expects = [
    await onlyOne(read, setsOf(name), `${name} is being given another address, port, user, key or bastion`),
    ...(to.via === null ? [] : [bastionThere(read, { name, via: to.via })]),
  ];
  return await operateOnHost({ ctx, input: { request, reason }, expects });
}

const setsOf = (name: string) =>
  and(eq(operations.kind, 'set-host'), sql`json_extract(${operations.request}, '$.host') = ${name}`);

const refusal = (message: string, next: string): AppError =>
  new AppError('conflict', message, { done: 'Nothing was changed.', next });

async function refuseUnfit(
  read: Reader,
  { name, hostKeys }: HostView,
  { from, to }: { from: SshTarget; to: SshTarget },
): Promise<void> {
  if (isSameTarget(from, to))
    throw refusal(
      `${name} is reached as ${targetText(to)} already`,
      'Say what is to be another one: its address, port, user, key or bastion.',
    );
  if (
    to.via !== null &&
    isThroughItself(name, to.via, new Map((await hostsWhere(read)).map((host) => [host.name, host])))
  )
    throw refusal(
      `${name} would be reached through itself, by way of ${to.via}`,
      'Name another bastion, or give that one another way first.',
    );
  if (hostKeys.length === 0)
    throw refusal(
      `Nobody has reached ${name} yet, so there is no key to know it by at another address`,
      `\`flotilla host rm ${name}\`, then \`flotilla host add ${name}\` with the right address.`,
    );
}
