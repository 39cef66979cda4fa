import { AppError } from '#core/errors.ts';
import type { SourceKind } from '#core/webhooks/contract.ts';
import { neverFitting } from '#core/webhooks/may-fit.ts';
import type { WebhookRule } from '#core/webhooks/rule.ts';
import type { Reader } from '#db/reader.ts';
import { clusterRowOrNull, refuseAdopted } from '../../views/cluster.ts';

interface Written {
  kind: SourceKind;
  rules: readonly WebhookRule[];
}

/**
 * That every rule can fit something that its sender sends, and is about a cluster that is there and may be changed.
 * @throws AppError `invalid_input`, `not_found`, `adopted_read_only`
 */
export async function checkRules(read: Reader, { kind, rules }: Written): Promise<void> {
  const issues = neverFitting(kind, rules).map((issue) => ({ ...issue, pointer: `/rules${issue.pointer}` }));
  const [first] = issues;
  if (first === undefined) return await checkClusters(read, rules);
  throw new AppError('invalid_input', `The rules cannot fit what ${kind} sends: ${first.message}`, {
    done: 'Nothing was changed.',
    issues,
  });
}

async function checkClusters(read: Reader, rules: readonly WebhookRule[]): Promise<void> {
  for (const name of new Set(rules.map(({ cluster }) => cluster))) {
    const cluster = await clusterRowOrNull(read, name);
    refuseAdopted(cluster);
    if (cluster !== null) continue;
    const pointer = `/rules/${rules.findIndex((rule) => rule.cluster === name)}/cluster`;
    throw new AppError('not_found', `There is no cluster ${name}`, {
      done: 'Nothing was changed.',
      next: 'List them with `flotilla cluster ls`.',
      issues: [{ pointer, message: 'must be there before' }],
    });
  }
}
