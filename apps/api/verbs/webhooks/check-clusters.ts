import { AppError } from '#core/errors.ts';
import type { WebhookRule } from '#core/webhooks/rule.ts';
import type { Reader } from '#db/reader.ts';
import { clusterRowOrNull, refuseAdopted } from '../../views/cluster.ts';

/** That every rule is about a cluster that is there and may be changed. @throws AppError `not_found`, `adopted_read_only` */
export async function checkClusters(read: Reader, rules: readonly WebhookRule[]): Promise<void> {
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
