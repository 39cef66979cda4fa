import type { CliConfig } from './config.ts';
import type { Connection } from './input/connection.ts';
import type { TableOptions } from './output/table.ts';
import { layoutOf, type Terminal } from './output/terminal.ts';
import { fold } from './output/width.ts';

/** What to print on the standard output; the last two are for reports only. */
export type Output = 'table' | 'json' | 'junit' | 'html';

/** Flags that every command knows. */
export interface GlobalFlags {
  output: Output;
  url?: string;
  tokenFile?: string;
  color: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

/** What a command works with. */
export interface Session {
  flags: GlobalFlags;
  config: CliConfig;
  /** Results: tables, or one JSON document. */
  out: Terminal;
  /** Errors; with another output than tables also everything else that people read. */
  err: Terminal;
  /** Where plans and progress go: `out` for people, `err` beside a JSON document. */
  talk: Terminal;
  /** True when a person can be asked. */
  canAsk: boolean;
  connection: () => Connection;
  /** How tables are to be drawn on `out`, and on `talk`. */
  layout: () => TableOptions;
  talkLayout: () => TableOptions;
  /** The result of the command: the value as JSON, or the lines for people. */
  show: (value: unknown, lines: () => string[]) => void;
  /** Something said on the way; silent with `--quiet`. */
  say: (lines: string[]) => void;
}

export interface SessionInput {
  flags: GlobalFlags;
  config: CliConfig;
  out: Terminal;
  err: Terminal;
  canAsk: boolean;
  connection: () => Connection;
}

export function makeSession({ flags, config, out, err, canAsk, connection }: SessionInput): Session {
  const json = flags.output === 'json';
  const talk = flags.output === 'table' ? out : err;
  // A report as a file stays as it is, also at a terminal.
  const folded = (lines: string[], columns: number | undefined): string[] =>
    flags.output === 'table' ? lines.flatMap((line) => fold(line, columns)) : lines;
  return {
    flags,
    config,
    out,
    err,
    talk,
    canAsk,
    connection,
    layout: () => layoutOf(out),
    talkLayout: () => layoutOf(talk),
    show: (value, lines) => {
      const text = json ? JSON.stringify(value, null, 2) : folded(lines(), out.columns()).join('\n');
      if (text !== '') out.write(`${text}\n`);
    },
    say: (lines) => {
      if (flags.quiet !== true && lines.length > 0) talk.write(`${folded(lines, talk.columns()).join('\n')}\n`);
    },
  };
}
