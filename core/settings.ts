import { AppError, type InputIssue } from './errors.ts';

/** A setting of the environment, as people are told of it. `.env.example` is made from these. */
export interface Setting {
  text: string;
  /** What holds when it is not set, in words. */
  fallback?: string;
  example: string;
  /** Also read from the file that `<name>_FILE` names, so that it need not stand in the environment. */
  isSecret?: true;
  /** The option of the command line that says the same, and wins. */
  flag?: string;
}

export type SettingTable = Readonly<Record<string, Setting>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that are not ours and mean the same everywhere. */
export type StandardVariable = 'HOME' | 'SSH_AUTH_SOCK' | 'XDG_CACHE_HOME';

/** Reads settings and gathers all that is wrong with them, so that they are named at once. */
export class SettingsReader {
  readonly #env: Environment;
  readonly #readFile: (path: string) => string;
  readonly #issues: InputIssue[] = [];

  /** `readFile` gives the text of a file, or throws. */
  constructor(env: Environment, readFile: (path: string) => string) {
    this.#env = env;
    this.#readFile = readFile;
  }

  /** The value without spaces around it; undefined when it is empty or not set. */
  text<T extends SettingTable>(table: T, name: keyof T & string): string | undefined {
    const given = trimmed(this.#env[name]);
    if (table[name]?.isSecret !== true) return given;
    const file = trimmed(this.#env[`${name}_FILE`]);
    if (file === undefined) return given;
    if (given === undefined) return this.#firstLine(`${name}_FILE`, file);
    this.#issues.push({ pointer: `/${name}`, message: `set here and in ${name}_FILE; keep one of them` });
    return given;
  }

  standard(name: StandardVariable): string | undefined {
    return trimmed(this.#env[name]);
  }

  /** A whole number in a range. */
  whole<T extends SettingTable>(table: T, name: keyof T & string, min: number, max: number): number | undefined {
    const text = this.text(table, name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      this.wrong(table, name, `expected a whole number from ${min} to ${max}`);
    return value;
  }

  /** One of a few words. */
  oneOf<T extends SettingTable, W extends string>(
    table: T,
    name: keyof T & string,
    words: readonly W[],
  ): W | undefined {
    const text = this.text(table, name);
    const word = words.find((one) => one === text);
    if (text !== undefined && word === undefined) this.wrong(table, name, `expected one of ${words.join(', ')}`);
    return word;
  }

  wrong<T extends SettingTable>(table: T, name: keyof T & string, message: string): void {
    const flag = table[name]?.flag;
    this.#issues.push({ pointer: `/${name}`, message: flag === undefined ? message : `${message} (or ${flag})` });
  }

  /** @throws AppError `invalid_input` that names every setting that was found wrong. */
  check(): void {
    const [first] = this.#issues;
    if (first === undefined) return;
    throw new AppError(
      'invalid_input',
      this.#issues.length === 1 ? 'A setting is not valid' : 'Settings are not valid',
      {
        done: 'Nothing was started.',
        next: 'Mend these variables of the environment, or the options that say the same; .env.example explains each.',
        issues: this.#issues,
      },
    );
  }

  #firstLine(name: string, file: string): string | undefined {
    try {
      const line = trimmed(this.#readFile(file).split('\n', 1)[0]);
      if (line !== undefined) return line;
      this.#issues.push({ pointer: `/${name}`, message: `${file} is empty` });
    } catch {
      this.#issues.push({ pointer: `/${name}`, message: `${file} cannot be read` });
    }
    return undefined;
  }
}

/** Whether a text is an address that browsers and programs ask by HTTP or HTTPS. */
export const isWebAddress = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? '');

const trimmed = (text: string | undefined): string | undefined => text?.trim() || undefined;
