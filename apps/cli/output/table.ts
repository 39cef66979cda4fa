import { noColours, type Paint } from './paint.ts';
import { cut, displayWidth, pad } from './width.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** May be cut when the terminal is narrow; the others keep their width. */
  elastic?: boolean;
}

export interface TableOptions {
  paint?: Paint;
  /** Columns of the terminal; undefined: as wide as it needs to be. */
  width?: number | undefined;
}

const gap = '  ';
const elasticMin = 8;

/** Lines of an aligned table with a heading. Cells may hold colours; a cell is one line. */
export function table(columns: Column[], rows: string[][], { paint = noColours, width }: TableOptions = {}): string[] {
  const cells = rows.map((row) => columns.map((_, at) => (row[at] ?? '').replaceAll('\n', ' ')));
  const natural = columns.map(({ title }, at) =>
    Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[at] ?? ''))),
  );
  const widths = width === undefined ? natural : fit(columns, natural, width);
  const line = (row: string[]): string =>
    columns
      .map(({ align }, at) => pad(cut(row[at] ?? '', widths[at] ?? 0), widths[at] ?? 0, align))
      .join(gap)
      .trimEnd();
  return [paint.bold(line(columns.map(({ title }) => title))), ...cells.map(line)];
}

/** Takes columns away from the widest elastic one, one by one, until the line fits or none can give more. */
function fit(columns: Column[], natural: number[], width: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width;
  while (excess > 0) {
    const able = widths.flatMap((one, at) => (columns[at]?.elastic === true && one > elasticMin ? [{ one, at }] : []));
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
