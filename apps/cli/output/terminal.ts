import type { WriteStream } from 'node:tty';
import type { TableOptions } from './table.ts';
import { colours, noColours, type Paint } from './paint.ts';

/** Where text goes. `columns` and `rows` are asked anew each time: windows are resized. */
export interface Terminal {
  readonly isTerminal: boolean;
  readonly paint: Paint;
  write: (text: string) => void;
  columns: () => number | undefined;
  rows: () => number | undefined;
}

/** A terminal, a pipe or a file. Colours need a terminal and the user's consent. */
export function terminalOf(stream: WriteStream, colourWanted: boolean): Terminal {
  const { isTTY } = stream;
  // An absent or silly size (0 columns in some consoles) means: do not cut anything.
  const sizeOf = (value: number | undefined): number | undefined => (isTTY && value ? value : undefined);
  return {
    isTerminal: isTTY,
    paint: isTTY && colourWanted ? colours : noColours,
    write: (text) => void stream.write(text),
    columns: () => sizeOf(stream.columns),
    rows: () => sizeOf(stream.rows),
  };
}

/** How tables and long lines are to be drawn there. */
export const layoutOf = (terminal: Terminal): TableOptions => ({ paint: terminal.paint, width: terminal.columns() });
