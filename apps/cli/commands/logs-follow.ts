import { unwrapStream } from '#api/client.ts';
import { AppError, isErrorCode, orRefusal } from '#core/errors.ts';
import { type LogRecord, logsCommand, type LogsRequest } from '#core/logs.ts';
import { apiOf } from '#cli/api.ts';
import { endingLines, jsonLine, linePrinter } from '#cli/output/logs-view.ts';
import { abortable } from '#cli/progress/abortable.ts';
import { recordsOf } from '#cli/progress/records.ts';
import type { Session } from '#cli/session.ts';

interface What {
  timestamps: boolean;
  of: LogsRequest['of'];
  name: string;
  cluster: string;
}

/** The API sends something more often, were it an empty line. */
const silenceMsMax = 60_000;
/** So long a worker may take until it is said that none has taken it up. */
const patienceMs = 4000;

/**
 * Prints lines as they come, until Ctrl-C, which ends it and is no failure.
 * @throws AppError why nothing comes any more, and how to go on
 */
export async function followLogs(session: Session, id: string, what: What): Promise<number> {
  const { client } = apiOf(session);
  const left = new AbortController();
  const leave = (): void => left.abort();
  process.once('SIGINT', leave);
  const silence = new Silence(() => left.abort(), session);
  const print = printer(session, what.timestamps);
  let lastAt = '';
  try {
    const init = { headers: { accept: 'text/event-stream' }, init: { signal: left.signal } };
    const body = await unwrapStream(client.v1.operations[':id'].logs.$get({ param: { id } }, init));
    for await (const records of recordsOf(abortable(body, left.signal))) {
      silence.broken(records.length > 0);
      print(records);
      for (const one of records) if (one.type === 'line' && one.at > lastAt) lastAt = one.at;
      const stopped = records.find((one) => one.type === 'stopped');
      if (stopped !== undefined) throw stoppedBy(stopped, goOn(what, lastAt));
    }
  } catch (error) {
    if (left.signal.aborted && !silence.isLong) return 130;
    if (error instanceof AppError && error.code !== 'api_unreachable') throw error;
    throw brokenOff(goOn(what, lastAt), error);
  } finally {
    process.off('SIGINT', leave);
    silence.end();
  }
  return await endOf(session, id, goOn(what, lastAt));
}

/** Its operation has ended, and says why. */
async function endOf(session: Session, id: string, next: string): Promise<number> {
  const { client, ask } = apiOf(session);
  const view = await orRefusal(ask(client.v1.operations[':id'].$get({ param: { id }, query: {} })));
  // A control plane that is stopped ends its streams in order, and then is not there any more.
  if (view instanceof AppError) throw view.code === 'api_unreachable' ? brokenOff(next, view) : view;
  const { state, error } = view;
  if (state === 'cancelled') throw new AppError('cancelled', 'What was followed was cancelled', { next });
  if (error === null) throw brokenOff(next);
  const code = isErrorCode(error.code) ? error.code : 'internal';
  const isCut = code === 'worker_stopped';
  throw new AppError(code, error.message, {
    ...(error.done === undefined ? {} : { done: error.done }),
    ...(isCut ? { next } : error.next === undefined ? {} : { next: error.next }),
  });
}

function printer(session: Session, timestamps: boolean): (records: readonly LogRecord[]) => void {
  const { out, err, flags } = session;
  const linesOf = linePrinter();
  return (records) => {
    const isTerminal = out.isTerminal;
    const lines =
      flags.output === 'json'
        ? records.map(jsonLine)
        : linesOf(records, { timestamps, paint: out.paint, width: out.columns(), isTerminal });
    if (lines.length > 0) out.write(`${lines.join('\n')}\n`);
    const about = { width: err.columns(), paint: err.paint, quiet: flags.quiet === true, isFollowed: true };
    for (const told of inTurn(records)) for (const line of endingLines(told, about)) err.write(`${line}\n`);
  };
}

/** What is told beside lines, in the order in which it came: the same of several things at once is said once. */
function inTurn(records: readonly LogRecord[]): LogRecord[][] {
  const turns: LogRecord[][] = [];
  for (const record of records) {
    if (record.type === 'line') continue;
    const last = turns.at(-1);
    if (last?.[0]?.type === record.type) last.push(record);
    else turns.push([record]);
  }
  return turns;
}

/** What a silent stream means: at first that no worker has taken it up, much later that it leads nowhere. */
class Silence {
  readonly #onLong: () => void;
  readonly #first: NodeJS.Timeout;
  #long: NodeJS.Timeout;
  isLong = false;

  constructor(onLong: () => void, { err, flags }: Session) {
    this.#onLong = onLong;
    this.#first = setTimeout(() => {
      if (flags.quiet !== true) err.write('… waits for a worker, or for hosts that do not answer\n');
    }, patienceMs);
    this.#long = this.#arm();
  }

  /** Something came: a record, or only a sign of life. */
  broken(isRecord: boolean): void {
    if (isRecord) clearTimeout(this.#first);
    clearTimeout(this.#long);
    this.#long = this.#arm();
  }

  end(): void {
    clearTimeout(this.#first);
    clearTimeout(this.#long);
  }

  #arm(): NodeJS.Timeout {
    return setTimeout(() => {
      this.isLong = true;
      this.#onLong();
    }, silenceMsMax);
  }
}

const goOn = ({ of, name, cluster }: What, lastAt: string): string =>
  `Go on with \`${logsCommand(of, name, cluster)} --follow${lastAt === '' ? '' : ` --since ${lastAt}`}\`.`;

function stoppedBy({ code, message, next }: Extract<LogRecord, { type: 'stopped' }>, goOnWith: string): AppError {
  const known = isErrorCode(code) ? code : 'internal';
  return new AppError(known, message, { next: known === 'worker_stopped' ? goOnWith : (next ?? goOnWith) });
}

const brokenOff = (next: string, cause?: unknown): AppError =>
  new AppError('api_unreachable', 'The control plane went away while this was followed', { next, cause });
