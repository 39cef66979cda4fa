import { apiOf } from '#cli/api.ts';
import { mustBeAbleToAsk } from '#cli/input/agree.ts';
import { readSpecFile } from '#cli/input/spec-file.ts';
import type { Session } from '#cli/session.ts';
import { planAndApply, type ApplyOptions } from './plan-and-apply.ts';
import { propose } from './propose.ts';

/** Proposes the spec of a file and carries it out. */
export async function apply(session: Session, options: ApplyOptions & { file: string }): Promise<number> {
  const { file, cluster, spec, located } = await readSpecFile(options.file);
  mustBeAbleToAsk(session, options.yes === true || options.dryRun === true);
  const api = apiOf(session);
  const json = { spec, origin: `apply -f ${file}` };
  const proposal = await located(
    propose(api, api.client.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json })),
  );
  return planAndApply(session, proposal, options);
}
