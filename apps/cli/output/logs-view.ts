import type { LogLine, LogRecord, LogSource, LogUnseen } from '#core/logs.ts';
import { naturally } from '#core/natural-order.ts';
import { cleanText, jsonText } from './clean.ts';
import { noColours, type Paint } from './paint.ts';
import { displayWidth, hang, pad } from './width.ts';

interface LinesOptions {
  timestamps: boolean;
  paint: Paint;
  width: number | undefined;
  isTerminal: boolean;
}

type Origin = Pick<LogLine, 'name' | 'host'>;

/** `web.1@h2`, where a task is; containers as well. */
const originText = ({ name, host }: Origin): string => cleanText(host === null ? name : `${name}@${host}`);

/** What programs printed, each line behind where it comes from; at a terminal it is harmless, and broken to its width. */
export const printedLines = (records: readonly LogRecord[], options: LinesOptions): string[] =>
  linePrinter()(records, options);

/** The same for lines that come one after the other: where they come from keeps its colour. */
export function linePrinter(): (records: readonly LogRecord[], options: LinesOptions) => string[] {
  const known = new Map<string, number>();
  let widest = 0;
  return (records, options) => {
    const lines = records.filter((one) => one.type === 'line');
    const origins = [...new Set(lines.map(originText))].filter((origin) => !known.has(origin));
    for (const origin of origins.toSorted(naturally)) {
      known.set(origin, known.size);
      widest = Math.max(widest, displayWidth(origin));
    }
    const colours = coloursOf(options.paint);
    return lines.flatMap((line) => {
      const origin = originText(line);
      const paint = colours[(known.get(origin) ?? 0) % colours.length] ?? ((text: string) => text);
      const time = options.timestamps ? `${line.at} ` : '';
      const text = `${options.isTerminal ? harmless(line.text) : line.text}${leftOutText(line)}`;
      if (!options.isTerminal) return [`${origin} | ${time}${text}`];
      return folded({ prefix: paint(`${pad(origin, widest)} |`), text: `${time}${text}` }, options.width);
    });
  };
}

/** Below its prefix, where that leaves room enough for lines; else from the second line on over the whole width. */
function folded({ prefix, text }: { prefix: string; text: string }, width: number | undefined): string[] {
  if (width === undefined) return [`${prefix} ${text}`];
  const indent = displayWidth(prefix) + 1;
  const isNarrow = indent > width / 2;
  if (isNarrow) return [prefix, ...chopped(text, width - 2).map((line) => `  ${line}`)];
  const [first = '', ...more] = chopped(text, width - indent);
  return [`${prefix} ${first}`, ...more.map((line) => `${' '.repeat(indent)}${line}`)];
}

/** Broken at the last space of each part, or in a longer word. Blanks stay, since programs indent. */
function chopped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (displayWidth(rest) > columns) {
    const part = fitting(rest, Math.max(columns, 1));
    const space = part.lastIndexOf(' ');
    const end = space > part.length / 2 ? space + 1 : part.length;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...lines, rest];
}

/** As much of the beginning as takes so many columns. */
function fitting(text: string, columns: number): string {
  let end = Math.min(text.length, columns);
  while (end > 1 && displayWidth(text.slice(0, end)) > columns) end -= 1;
  // Not between the halves of one character.
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) && end > 1 ? text.slice(0, end - 1) : text.slice(0, end);
}

/** Six that differ; red is for what is wrong. */
const coloursOf = ({ cyan, green, yellow, bold }: Paint) => [
  cyan,
  green,
  yellow,
  (text: string): string => bold(cyan(text)),
  (text: string): string => bold(green(text)),
  (text: string): string => bold(yellow(text)),
];

// oxlint-disable-next-line no-control-regex
const colourCodes = /\u001B\[[\d;:]*m/g;

/** Colours of programs go without a trace; everything else that could steer a terminal is shown as its number. */
const harmless = (text: string): string => cleanText(text.replace(colourCodes, '')).replaceAll('\t', '    ');

const leftOutText = ({ leftOut = 0 }: LogLine): string => (leftOut === 0 ? '' : ` … (${leftOut} bytes more)`);

/** One record as JSON. What JSON itself lets through and a terminal may obey is written as its number there. */
export const jsonLine = (record: LogRecord): string => jsonText(JSON.stringify(record));

/** What has to be known of what was shown, and what could not be seen: never an empty answer without a word. */
export function endingLines(
  records: readonly LogRecord[],
  { width, paint = noColours, quiet = false, isFollowed = false }: EndingOptions,
): string[] {
  const sources = records.filter((one) => one.type === 'source');
  // Of one that is followed its end is news, and that it has printed nothing would be said of what came before.
  const isEnd = ({ lines, exitCode, state }: LogSource): boolean =>
    isFollowed ? exitCode !== null || state === 'removed' : lines > 0 && exitCode !== null && exitCode !== 0;
  const ended = sources.filter(isEnd);
  const silent = sources.filter((one) => one.lines === 0 && !isEnd(one));
  const seen = records.filter((one) => one.type === 'seen');
  const asides = quiet ? [] : [...grouped(ended, stateText), ...grouped(silent, silentText)];
  const cut = sources.filter(({ cut }) => cut !== null).map((one) => `${originText(one)}: ${cutText(one)}`);
  const unseen = grouped(
    records.filter((one) => one.type === 'unseen'),
    ({ reason }: LogUnseen) => `not seen: ${reason}`,
  );
  const notes = records.flatMap((one) => (one.type === 'note' ? [one.text] : []));
  return [
    ...grouped(seen, () => 'can be seen again').map((text) => ({ mark: paint.dim('·'), text })),
    ...asides.map((text) => ({ mark: paint.dim('·'), text })),
    ...cut.map((text) => ({ mark: paint.yellow('!'), text })),
    ...[...unseen, ...notes].map((text) => ({ mark: paint.yellow('?'), text })),
  ].flatMap(({ mark, text }) => hang(`${mark} `, cleanText(text), width === undefined ? undefined : width + 1));
}

interface EndingOptions {
  width?: number | undefined;
  paint?: Paint;
  quiet?: boolean;
  /** Lines come as they are printed, and these are told in between. */
  isFollowed?: boolean;
}

const namedMax = 6;

/** What holds for several of them is said once. */
function grouped<T extends Origin>(all: readonly T[], textOf: (one: T) => string): string[] {
  return [...Map.groupBy(all, textOf)].map(([text, own]) => {
    const names = own.slice(0, namedMax).map(originText).join(', ');
    const more = own.length > namedMax ? ` and ${own.length - namedMax} more` : '';
    return `${names}${more}: ${text}`;
  });
}

const silentText = (source: LogSource): string =>
  source.state === 'created'
    ? `never started${source.error === '' ? '' : `: ${source.error}`}`
    : `printed nothing that was asked for (${stateText(source)})`;

/** `exited with 3`, `exited with 137: out of memory`, `running`. */
const stateText = ({ state, exitCode, error }: Pick<LogSource, 'state' | 'exitCode' | 'error'>): string =>
  `${state}${exitCode === null ? '' : ` with ${exitCode}`}${error === '' ? '' : `: ${error}`}`;

const cutText = ({ cut, lines, container, host }: LogSource): string => {
  const shown = `only its newest lines are shown (${lines})`;
  const all = `\`docker logs ${container.slice(0, 12)}\` on ${host ?? 'its node'} shows all`;
  return cut === 'bytes'
    ? `${shown}: one answer has room for no more. Fewer tasks (--task) or a shorter time (--since) leave more of it; ${all}.`
    : `${shown}: a shorter time (--since) shows all of it, and ${all}.`;
};
