/** Colours as functions, so that a renderer neither knows nor asks whether they are on. */
export interface Paint {
  bold: (text: string) => string;
  dim: (text: string) => string;
  red: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  cyan: (text: string) => string;
}

const between = (open: number, close: number) => (text: string) =>
  text === '' ? '' : `\u001B[${open}m${text}\u001B[${close}m`;

/** ANSI SGR codes that every terminal knows; each closes what it opened, so that they nest. */
export const colours: Paint = {
  bold: between(1, 22),
  dim: between(2, 22),
  red: between(31, 39),
  green: between(32, 39),
  yellow: between(33, 39),
  cyan: between(36, 39),
};

const same = (text: string): string => text;

/** No colours: pipes, files, `NO_COLOR`, `--no-color`. */
export const noColours: Paint = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };
