import { AppError } from '#core/errors.ts';
import type { LogRecord, LogSource, LogUnseen } from '#core/logs.ts';
import { type Container, inspectContainer, streamLogs } from '../docker/containers.ts';
import { Demuxer } from '../docker/demux.ts';
import type { EngineClient } from '../docker/engine.ts';
import { isRefusal } from '../docker/refusal.ts';
import { within } from '../checks/within.ts';
import { silenceMs } from './containers-on.ts';
import { Printed } from './printed.ts';
import type { SeenMessages } from './seen-messages.ts';

/** A container that is to be read, and what it is called in the answer. */
export interface Source {
  name: string;
  host: string;
  task: string | null;
  container: string;
}

export interface ReadHow {
  tail: number;
  since: string | null;
  /** How much text of it is kept. */
  bytesMax: number;
  /** Told what has come, by who reads on from there. */
  onRead?: (source: Source, seen: SeenMessages) => void;
}

/** What comes from one container before it is asked for fewer lines: lines are as long as a program makes them. */
const inflowMax = 16 * 1024 * 1024;
const readMs = 15_000;

/** The lines of a container in order, then what it is; what of it could not be read is told. */
export async function readContainer(engine: EngineClient, source: Source, how: ReadHow): Promise<LogRecord[]> {
  const { name, host, task } = source;
  const unseen = (why: Why): LogRecord => ({ type: 'unseen', name, host, task, ...why });
  const looked = await within(lookAt(engine, source), silenceMs, host);
  if (!looked.known)
    return [unseen({ reason: `${looked.reason} \`flotilla host probe ${host}\` tells why.`, code: 'timeout' })];
  if ('reason' in looked.value) return [unseen(looked.value)];
  const { container } = looked.value;
  const { printed, fault } = await readPrinted(engine, container, how);
  how.onRead?.(source, printed.seen);
  if (fault !== null && printed.lines.length === 0) return [unseen(driverFault(container, fault))];
  const lines = printed.lines.map(({ leftOut, ...line }): LogRecord => {
    const about = { type: 'line', name, host, ...line } as const;
    return leftOut === 0 ? about : { ...about, leftOut };
  });
  const broken = fault === null ? [] : [unseen({ ...fault, reason: `reading it broke off: ${fault.reason}` })];
  return [...lines, sourceOf(source, container, { lines: lines.length, cut: cutOf(printed, how) }), ...broken];
}

/** The container as it is now, or why that is not known. */
export async function lookAt(
  engine: EngineClient,
  { container: id }: Pick<Source, 'container'>,
): Promise<{ container: Container } | Why> {
  try {
    return { container: await inspectContainer(engine, id, { timeoutMs: silenceMs - 2000 }) };
  } catch (error) {
    return whyNot(error);
  }
}

function cutOf({ isCut, lines }: Printed, { tail, since }: ReadHow): LogSource['cut'] {
  if (isCut) return 'bytes';
  // Who asks for a number of lines gets them; who asks for a time wants all of it.
  return since !== null && lines.length >= tail ? 'lines' : null;
}

/** A container that was read, as it is told. */
export const sourceOf = (
  { name, host, task }: Source,
  { Id: id, State: state }: Container,
  { lines, cut }: Pick<LogSource, 'lines' | 'cut'>,
): LogRecord => ({
  type: 'source',
  name,
  host,
  task,
  container: id,
  state: state.Status,
  exitCode: state.Running || state.Status === 'created' ? null : state.ExitCode,
  error: state.OOMKilled === true ? 'out of memory' : state.Error,
  lines,
  cut,
});

interface Read {
  printed: Printed;
  /** Why not all could be read; else null. */
  fault: Why | null;
}

/** Where more came than is read, once more with as many lines as fit. */
async function readPrinted(engine: EngineClient, container: Container, how: ReadHow): Promise<Read> {
  const first = await readOnce(engine, container, how);
  if (first.fits === null) return first;
  const again = await readOnce(engine, container, { ...how, tail: first.fits });
  return again.fits === null
    ? { printed: again.printed.asCut(), fault: again.fault }
    : { printed: new Printed(0), fault: { reason: 'its lines are too long to be read', code: 'engine_error' } };
}

/** `fits`: how many lines would have fitted, where too much came. */
async function readOnce(
  engine: EngineClient,
  { Id: id, Config: config }: Container,
  how: ReadHow,
): Promise<Read & { fits: number | null }> {
  const printed = new Printed(how.bytesMax);
  const demuxer = new Demuxer();
  let [bytes, messages] = [0, 0];
  const add = (chunk: Buffer): void => {
    if (config.Tty === true) return printed.addRaw(chunk);
    for (const frame of demuxer.push(chunk)) {
      if (frame.isLast) messages += 1;
      printed.add(frame);
    }
  };
  const read = async (body: AsyncIterable<Buffer>): Promise<number | null> => {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > inflowMax)
        return Math.max(1, Math.min(how.tail - 1, Math.floor((how.bytesMax * Math.max(messages, 1)) / bytes)));
      add(chunk);
    }
    if (config.Tty !== true) demuxer.end();
    return null;
  };
  let fits: number | null = null;
  let fault: Why | null = null;
  try {
    fits = await streamLogs(engine, id, how, read, { timeoutMs: readMs });
  } catch (error) {
    fault = whyNot(error);
  }
  printed.end();
  return { printed, fault: fault ?? saidBy(printed), fits };
}

/** Why something could not be seen. */
export type Why = Pick<LogUnseen, 'reason' | 'code'>;

const saidBy = ({ faults: [reason] }: Printed): Why | null =>
  reason === undefined ? null : { reason, code: 'engine_error' };

/** A refusal in few words; anything else is a bug and goes on. */
export function whyNot(error: unknown): Why {
  if (!(error instanceof AppError)) throw error;
  if (isRefusal(error, 404))
    return { reason: 'its container is gone; engines keep those of the last tasks only', code: 'not_found' };
  // What holds for its host reads the same for each of its containers.
  const said = error.message.replace(/\/containers\/[0-9a-f]{64}\//, '/containers/…/');
  return { reason: isRefusal(error) ? error.engineMessage : said, code: error.code };
}

/** What an engine says of a driver that keeps nothing to read, in our words. */
export const driverFault = ({ HostConfig: { LogConfig: log } }: Container, fault: Why): Why =>
  /does not support reading/.test(fault.reason)
    ? { ...fault, reason: `its log driver \`${log?.Type ?? '?'}\` keeps nothing that can be read` }
    : fault;
