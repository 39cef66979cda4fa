import { AppError } from '#core/errors.ts';
import { apiOf } from '#cli/api.ts';
import { readSpecFile } from '#cli/input/spec-file.ts';
import { variablesOf } from '#cli/input/variables.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { oneName, pickCluster } from './pick-cluster.ts';

export interface PreflightOptions {
  cluster?: string;
  hosts?: string;
  file?: string;
  envFile?: string;
  full?: boolean;
}

/** Looks at hosts before anything is changed on them. The JSON document is the preflight. */
export async function preflight(
  session: Session,
  name: string | undefined,
  options: PreflightOptions,
): Promise<number> {
  const { id } = await request(session, name, options);
  const ended = await runToEnd(session, id);
  const exitCode = conclude(session, ended);
  session.show(ended.progress.preflight ?? { error: ended.view.error }, () => []);
  return exitCode;
}

async function request(session: Session, argument: string | undefined, options: PreflightOptions) {
  const name = oneName(argument, options.cluster);
  const api = apiOf(session);
  const { client, ask } = api;
  const { hosts, file, full = false } = options;
  if ([name, hosts, file].filter((one) => one !== undefined).length > 1) {
    throw new AppError('invalid_input', 'A preflight is of a cluster, of --hosts, or of the hosts of a file', {
      done: 'Nothing was sent.',
      next: 'Give one of the three.',
    });
  }
  if (file !== undefined) {
    const { spec, located } = await readSpecFile(file, await variablesOf(session.config, options.envFile));
    return located(ask(client.v1.preflights.$post({ json: { spec, full } })));
  }
  if (hosts !== undefined) {
    const names = hosts.split(',').map((one) => one.trim());
    return ask(client.v1.preflights.$post({ json: { hosts: names, full } }));
  }
  const cluster = await pickCluster(api, name);
  return ask(client.v1.clusters[':cluster'].preflight.$post({ param: { cluster }, json: { full } }));
}
