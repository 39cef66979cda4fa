import { unwrapStream } from '#api/client.ts';
import { AppError } from '#core/errors.ts';
import type { LogRecord, LogsRequest } from '#core/logs.ts';
import { apiOf } from '#cli/api.ts';
import { endingLines, jsonLine, printedLines } from '#cli/output/logs-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { readRecords } from '#cli/progress/records.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { followLogs } from './logs-follow.ts';
import { pickCluster } from './pick-cluster.ts';

interface LogsOptions {
  cluster?: string;
  tail?: number;
  since?: string;
  timestamps?: boolean;
  follow?: boolean;
}

/** What the tasks of a service printed. @throws AppError `not_found`, `forbidden`, and why nothing could be seen */
export async function serviceLogs(
  session: Session,
  name: string,
  options: LogsOptions & { task?: string },
): Promise<number> {
  const api = apiOf(session);
  const { client, ask } = api;
  const cluster = await pickCluster(api, options.cluster);
  const json = { ...asked(options), task: options.task ?? null };
  const route = client.v1.clusters[':cluster'].services[':service'].logs;
  const { id } = await ask(route.$post({ param: { cluster, service: name }, json }));
  return await shown(session, id, { ...options, of: 'service', name, cluster });
}

/** What a standalone container printed. @throws AppError as above */
export async function containerLogs(session: Session, name: string, options: LogsOptions): Promise<number> {
  const api = apiOf(session);
  const { client, ask } = api;
  const cluster = await pickCluster(api, options.cluster);
  const route = client.v1.clusters[':cluster'].containers[':container'].logs;
  const { id } = await ask(route.$post({ param: { cluster, container: name }, json: asked(options) }));
  return await shown(session, id, { ...options, of: 'container', name, cluster });
}

const asked = ({ tail = null, since = null, follow = false }: { [K in keyof LogsOptions]: LogsOptions[K] | null }) => ({
  tail,
  since,
  follow: follow === true,
});

const shown = (session: Session, id: string, { timestamps = false, follow, ...what }: Shown): Promise<number> =>
  follow === true ? followLogs(session, id, { timestamps, ...what }) : showLogs(session, id, { timestamps });

type Shown = Pick<LogsOptions, 'timestamps' | 'follow'> & { of: LogsRequest['of']; name: string; cluster: string };

/** Waits for the answer while the operation is shown as it runs; progress never stands among the lines. */
async function showLogs(session: Session, id: string, { timestamps = false }: LogsOptions): Promise<number> {
  const { client } = apiOf(session);
  const left = new AbortController();
  // No limit of time for the answer: it comes when a worker has read it.
  const init = { headers: { accept: 'text/event-stream' }, init: { signal: left.signal } };
  const fetched = readRecords(unwrapStream(client.v1.operations[':id'].logs.$get({ param: { id } }, init)));
  fetched.catch(() => {});
  try {
    const ended = await runToEnd({ ...session, talk: session.err }, id, { summary: false });
    const records = await fetched;
    // The only thing that could not be seen is the failure itself, which is told below.
    const isTold = ended.view.state !== 'succeeded' && records.filter(({ type }) => type === 'unseen').length === 1;
    print(
      session,
      isTold && session.flags.output !== 'json' ? records.filter(({ type }) => type !== 'unseen') : records,
      timestamps,
    );
    const exitCode = conclude(session, ended);
    if (exitCode === 0 && records.at(-1)?.type !== 'end') throw brokenOff();
    return exitCode;
  } finally {
    left.abort();
  }
}

function print(session: Session, records: readonly LogRecord[], timestamps: boolean): void {
  const { out, err, flags } = session;
  const lines =
    flags.output === 'json'
      ? records.map(jsonLine)
      : printedLines(records, { timestamps, paint: out.paint, width: out.columns(), isTerminal: out.isTerminal });
  for (const line of lines) out.write(`${line}\n`);
  const ending = endingLines(records, { width: err.columns(), paint: err.paint, quiet: flags.quiet === true });
  for (const line of ending) err.write(`${line}\n`);
}

const brokenOff = (): AppError =>
  new AppError('api_unreachable', 'The answer broke off: there was more than what stands here', {
    next: 'Ask again.',
  });
