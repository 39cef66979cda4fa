import type { Terminal } from './terminal.ts';
import { cut, displayWidth } from './width.ts';

const eraseLine = '\r\u001B[K';
const lineUp = '\u001B[1A';

/**
 * The lines at the bottom of a terminal that are drawn again and again; finished lines are printed above and stay.
 * Lines are cut to the window. After a resize a terminal may have broken the old lines into more rows, so their
 * height is worked out again from the new width before they are erased.
 */
export class LiveRegion {
  readonly #terminal: Terminal;
  #drawn: string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Prints `above` for good and draws `lines` anew, in one write so that nothing flickers. */
  draw(lines: string[], above: string[] = []): void {
    const columns = this.#terminal.columns() ?? 80;
    const rows = this.#terminal.rows() ?? 24;
    const fitting = lines.slice(-Math.max(1, rows - 1)).map((line) => cut(line, columns - 1));
    const text = [...above, ...fitting].join('\n');
    this.#terminal.write(`${this.#erase(columns)}${text}${fitting.length === 0 && above.length > 0 ? '\n' : ''}`);
    this.#drawn = fitting;
  }

  /** Removes the region; what was printed above stays. */
  clear(): void {
    this.draw([]);
  }

  #erase(columns: number): string {
    if (this.#drawn.length === 0) return '';
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
    // Line by line: "erase all below" from the top of the window would go into the history of some terminals.
    return eraseLine + `${lineUp}${eraseLine}`.repeat(rows - 1);
  }
}
