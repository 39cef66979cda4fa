import { noColours, type Paint } from './paint.ts';
import { cut, displayWidth, pad, wrap } from './width.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** May be made narrower when the terminal is narrow, and is cut then; the others keep their width. */
  elastic?: boolean;
  /** Goes on in further lines instead of being cut: for what must be read whole, such as why something failed. */
  wraps?: boolean;
  /** Says the same in fewer characters, where the table is too wide otherwise. */
  brief?: (cell: string) => string;
  /** Left out where the table is too wide otherwise: `--output json` has it. */
  spare?: boolean;
}

export interface TableOptions {
  paint?: Paint;
  /** Columns of the terminal; undefined: as wide as it needs to be. */
  width?: number | undefined;
}

const gap = '  ';
const elasticMin = 8;
/** Narrower than this, lines of it cannot be read any more. */
const wrapsMin = 16;

export interface RowsOptions extends TableOptions {
  /** What stands in the place of a table without rows. */
  none?: string;
}

/** Lines of an aligned table with a heading. Cells may hold colours. */
export function table(columns: Column[], rows: string[][], options: RowsOptions = {}): string[] {
  const { paint = noColours, width, none } = options;
  if (rows.length === 0 && none !== undefined) return [none];
  const whole = { columns, cells: rows.map((row) => columns.map((_, at) => (row[at] ?? '').replaceAll('\n', ' '))) };
  const shown = width === undefined ? whole : inBrief(whole, width);
  const natural = naturalOf(shown);
  const widths = width === undefined ? natural : fit(shown.columns, natural, width);
  const line = (row: string[]): string =>
    shown.columns
      .map(({ align }, at) => pad(row[at] ?? '', widths[at] ?? 0, align))
      .join(gap)
      .trimEnd();
  const cutTo = (text: string, at: number): string => cut(text, widths[at] ?? 0);
  return [
    paint.bold(line(shown.columns.map(({ title }, at) => cutTo(title, at)))),
    ...shown.cells.flatMap((row) => {
      const parts = row.map((cell, at) => (shown.columns[at]?.wraps === true ? wrap(cell, widths[at] ?? 0) : [cell]));
      const height = Math.max(1, ...parts.map((one) => one.length));
      return Array.from({ length: height }, (_, down) => line(parts.map((one, at) => cutTo(one[down] ?? '', at))));
    }),
  ];
}

interface Cells {
  columns: Column[];
  cells: string[][];
}

const naturalOf = ({ columns, cells }: Cells): number[] =>
  columns.map(({ title }, at) => Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[at] ?? ''))));

const excessOf = (widths: number[], width: number): number =>
  widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width;

/** Says it in brief, then leaves out what can be spared, the last first, until it fits or nothing more can be done. */
function inBrief(whole: Cells, width: number): Cells {
  if (excessOf(naturalOf(whole), width) <= 0) return whole;
  const { columns } = whole;
  let now: Cells = {
    columns,
    cells: whole.cells.map((row) => row.map((cell, at) => columns[at]?.brief?.(cell) ?? cell)),
  };
  for (;;) {
    const at = now.columns.findLastIndex(({ spare }) => spare === true);
    if (at === -1 || excessOf(naturalOf(now), width) <= 0) return now;
    const others = (_: unknown, index: number): boolean => index !== at;
    now = { columns: now.columns.filter(others), cells: now.cells.map((row) => row.filter(others)) };
  }
}

/** Takes columns away from the widest elastic one, one by one, until the line fits or none can give more. */
function fit(columns: Column[], natural: number[], width: number): number[] {
  const widths = [...natural];
  let excess = excessOf(widths, width);
  while (excess > 0) {
    const able = widths.flatMap((one, at) => {
      const { elastic = false, wraps = false } = columns[at] ?? {};
      return (elastic || wraps) && one > (wraps ? wrapsMin : elasticMin) ? [{ one, at }] : [];
    });
    const widest = able.toSorted((a, b) => b.one - a.one)[0];
    if (widest === undefined) break;
    widths[widest.at] = widest.one - 1;
    excess--;
  }
  return widths;
}

/** Lines of `name   value` pairs with aligned values. */
export function pairs(entries: [name: string, value: string][], paint: Paint = noColours): string[] {
  const width = Math.max(0, ...entries.map(([name]) => displayWidth(name)));
  return entries.map(([name, value]) => `${paint.dim(pad(name, width))}  ${value}`.trimEnd());
}
