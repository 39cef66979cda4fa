import { apiConfigOf } from '#api/config.ts';
import { type WorkerConfig, workerConfigOf } from '#workers/config.ts';
import { serverSettings } from '#cli/config.ts';
import { savedToken, saveToken, saveUrl, tokenFile } from '#cli/input/data-folder.ts';
import type { Session } from '#cli/session.ts';
import { makeFolder } from './make-folder.ts';
import { logOf, observingOf, tracerOf } from './observing.ts';
import { startFlotilla } from './start-flotilla.ts';
import { stopSignal } from './stop-signal.ts';

export interface ServeOptions {
  data?: string;
  listen?: string;
  redis?: string;
  tlsCert?: string;
  tlsKey?: string;
  trustedProxy?: string;
  auditPush?: string;
  newAdminToken?: boolean;
}

/** Runs API, worker and a private Redis in this process until Ctrl-C or SIGTERM, then stops them in order. */
export const up = (session: Session, options: ServeOptions): Promise<void> => serve(session, options, true);

/** The API alone, for workers elsewhere. */
export const api = (session: Session, options: ServeOptions): Promise<void> => serve(session, options, false);

async function serve(session: Session, options: ServeOptions, withWorker: boolean): Promise<void> {
  const settings = serverSettings(variablesOf(options));
  const config = apiConfigOf(settings);
  const worker: WorkerConfig | null = withWorker ? workerConfigOf(settings) : null;
  const observing = observingOf(session, settings);
  settings.check();
  const { dataDir } = config;
  makeFolder(dataDir);
  const stop = stopSignal();
  const log = logOf(session, observing);
  const tracer = await tracerOf(observing, withWorker ? 'flotilla' : 'flotilla-api');
  const keepAdminToken = (token: string): void => saveToken(dataDir, token);
  const flotilla = await startFlotilla({
    api: config,
    worker,
    log,
    tracer,
    keepAdminToken,
    newAdminToken: options.newAdminToken === true,
  });
  try {
    saveUrl(dataDir, flotilla.url);
    session.show({ url: flotilla.url, dataDir, tokenFile: tokenFile(dataDir) }, () => [
      `Flotilla is up at ${session.out.paint.bold(flotilla.url)} (how to call it: ${flotilla.url}/docs)`,
      ...tokenLines(session, dataDir, flotilla.adminToken),
      withWorker
        ? 'Ctrl-C stops it; operations that run stop between two steps and go on at the next start.'
        : 'Without a worker: start one with `flotilla worker` where the hosts can be reached.',
    ]);
    session.say([`Stopping (${await stop}) …`]);
  } finally {
    await flotilla.close();
    await tracer?.close();
  }
}

/** Options under the names of the variables that say the same. */
const variablesOf = (options: ServeOptions) => ({
  FLOTILLA_DATA: options.data,
  FLOTILLA_LISTEN: options.listen,
  FLOTILLA_TLS_CERT: options.tlsCert,
  FLOTILLA_TLS_KEY: options.tlsKey,
  FLOTILLA_TRUSTED_PROXY: options.trustedProxy,
  FLOTILLA_AUDIT_PUSH: options.auditPush,
  REDIS_URL: options.redis,
});

/** The token itself is shown to a person only: a standard output that is kept would keep the secret as well. */
function tokenLines(session: Session, dataDir: string, fresh: string | undefined): string[] {
  const file = tokenFile(dataDir);
  if (fresh !== undefined && session.out.isTerminal)
    return [`Admin token, shown this once and kept in ${file}:`, `  ${fresh}`];
  if (fresh !== undefined || savedToken(dataDir) !== undefined) return [`Admin token: in ${file}`];
  return [
    `The first token is not in ${file} any more; use the copy that you kept.`,
    'If all are lost: stop it, and start it once with --new-admin-token.',
  ];
}
