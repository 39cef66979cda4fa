import { and, eq } from 'drizzle-orm';
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

/** What a rule is carried out as: CI with the role operator, on the one cluster that the rule names. */
export async function asCi(deps: Deps, { source, cluster, person, requestId }: Came): Promise<Context> {
  const { read } = deps.store;
  const { policy } = await currentPolicy(read);
  const isKnown = and(eq(identities.kind, 'ci'), eq(identities.externalId, `${source.kind}:${person}`));
  const known = person === null ? undefined : await read.query.identities.findFirst({ where: isKnown });
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
        ...(known === undefined ? {} : { person: known.person }),
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
