import { and, eq } from 'drizzle-orm';
import { kept } from '#db/kept.ts';
import { identities } from '#db/schema/index.ts';
import type { Deps } from '../../deps.ts';
import type { Context } from '../../http/env.ts';
import { currentPolicy } from '../../policies.ts';
import type { SourceRow } from '../../views/webhook.ts';

interface Came {
  source: Pick<SourceRow, 'name' | 'kind'>;
  /** The cluster that the rule names; null where no rule fits, and then nothing may be done. */
  cluster: string | null;
  /** Who pushed, as the sender calls him. */
  person: string | null;
  requestId: string;
}

const knownAs = kept([identities], async (read, externalId: string) => {
  const isIt = and(eq(identities.kind, 'ci'), eq(identities.externalId, externalId));
  return (await read.query.identities.findFirst({ where: isIt })) ?? null;
});

/** What a rule is carried out as: CI with the role operator, on the one cluster that the rule names. */
export async function asCi(deps: Deps, { source, cluster, person, requestId }: Came): Promise<Context> {
  const { read } = deps.store;
  const { policy } = await currentPolicy(read);
  const known = person === null ? null : await knownAs(read, `${source.kind}:${person}`);
  const name = person === null ? source.name : `${source.name} (${person})`;
  const scope = { role: 'operator', clusters: cluster === null ? [] : [cluster] } as const;
  return {
    deps,
    requestId,
    caller: {
      actor: {
        kind: 'ci',
        source: `webhook:${source.name}`,
        name,
        ...(known === null ? {} : { person: known.person }),
      },
      role: 'operator',
      source: 'webhook',
      token: `webhook:${source.name}`,
      expiresAt: null,
      subject: { kind: 'ci', name: source.name, scope },
      policy,
      notices: 0,
    },
  };
}
