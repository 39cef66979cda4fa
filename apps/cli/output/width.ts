import { stripVTControlCharacters } from 'node:util';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** East Asian wide and fullwidth characters, and what is drawn as a picture: two columns each. */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const nothing = /^[\p{Mark}\p{Control}\p{Format}]+$/u;

function graphemeWidth(grapheme: string): number {
  if (nothing.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}

/** Terminal columns that the text takes; colours take none. */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\u0020-\u007E]*$/.test(plain)) return plain.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(plain)) columns += graphemeWidth(segment);
  return columns;
}

/** The text, filled with spaces to so many columns; longer text stays as it is. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return align === 'left' ? text + fill : fill + text;
}

const escape = '\u001B';
const colourCode = new RegExp(`(${escape}\\[[\\d;]*m)`);

/** The text, cut to so many columns with `…` at the end where something was lost. Colours stay, and are closed. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let room = columns - 1;
  for (const part of text.split(colourCode)) {
    if (colourCode.test(part)) {
      kept += part;
      continue;
    }
    for (const { segment } of graphemes.segment(part)) {
      const next = graphemeWidth(segment);
      if (next <= room) kept += segment;
      else if (room >= 0) kept += columns > 0 ? '…' : '';
      room = next <= room ? room - next : -1;
    }
  }
  return kept;
}

/** Breaks text at spaces into lines of at most so many columns. A longer word stays whole on its own line. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && displayWidth(longer) > columns) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

const markOfLine = /^\s*(?:[-+?!·✓✗=] )?/;

/** A line that is too long, broken to the width below its own beginning: blanks and a mark such as `? `. */
export function fold(line: string, columns: number | undefined): string[] {
  if (columns === undefined || displayWidth(line) <= columns) return [line];
  const [mark = ''] = markOfLine.exec(line) ?? [];
  return hang(mark, line.slice(mark.length), columns + 1);
}

/** `prefix` and the text beside it, broken to the width so that its further lines stand under its first. */
export function hang(prefix: string, text: string, columns: number | undefined): string[] {
  const indent = displayWidth(prefix);
  const lines = columns === undefined ? [text] : wrap(text, Math.max(20, columns - indent - 1));
  return lines.map((line, at) => (at === 0 ? prefix : ' '.repeat(indent)) + line);
}
