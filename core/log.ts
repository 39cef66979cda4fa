import type { SettingsReader, SettingTable } from './settings.ts';
import { withoutSecretText } from './secret-text.ts';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What an entry says beside its words. What is null or undefined is left out. */
export interface LogFields {
  /** By default `warn`: whoever says nothing of it has met something that somebody should see. */
  level?: LogLevel;
  requestId?: string | undefined;
  operationId?: string | undefined;
  host?: string | null | undefined;
  step?: string | undefined;
  /** Where in the code a fault happened. */
  stack?: string | undefined;
  [more: string]: string | number | boolean | null | undefined;
}

/** One entry for whoever runs the process. Never a request body, never a secret; the forms of secrets are cut as well. */
export type Log = (msg: string, fields?: LogFields) => void;

export interface LogForm {
  form: 'json' | 'text';
  /** Entries below it are left out. */
  level: LogLevel;
}

export const logSettings = {
  FLOTILLA_LOG: {
    text: 'Form of the log on the standard error: `json` (an object on each line), or `text`.',
    fallback: 'text at a terminal, else json',
    example: 'json',
  },
  FLOTILLA_LOG_LEVEL: {
    text: 'The least that is logged: debug (every request), info (what was asked for and done), warn, error.',
    fallback: 'info; at a terminal warn',
    example: 'debug',
  },
} as const satisfies SettingTable;

/** Reads both; what is wrong is gathered by the reader. */
export function logFormOf(settings: SettingsReader, isTerminal: boolean): LogForm {
  const form = settings.oneOf(logSettings, 'FLOTILLA_LOG', ['json', 'text']);
  const level = settings.oneOf(logSettings, 'FLOTILLA_LOG_LEVEL', logLevels);
  return { form: form ?? (isTerminal ? 'text' : 'json'), level: level ?? (isTerminal ? 'warn' : 'info') };
}

/** A log in a form; `write` is given each entry as one text without a newline at its end. */
export function logTo(write: (entry: string) => void, { form, level }: LogForm, nowMs: () => number = Date.now): Log {
  const least = logLevels.indexOf(level);
  const text = form === 'json' ? jsonEntry : textEntry;
  return (msg, { level: own = 'warn', ...fields } = {}) => {
    if (logLevels.indexOf(own) < least) return;
    write(text({ time: new Date(nowMs()).toISOString(), level: own, msg, ...given(fields) }));
  };
}

type Entry = Record<string, string | number | boolean> & { time: string; level: LogLevel; msg: string };

function given(fields: LogFields): Record<string, string | number | boolean> {
  const all: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) all[name] = value;
  return all;
}

/** Secrets are looked for before anything is escaped; names of fields are ours. */
function jsonEntry(entry: Entry): string {
  const clean: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(entry)) {
    clean[name] = typeof value === 'string' ? withoutSecretText(value) : value;
  }
  return JSON.stringify(clean);
}

/** For people: the words first, the ids behind them, the stack below. */
function textEntry({ time: _time, level: _level, msg, stack, ...fields }: Entry): string {
  const ids = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  const line = [msg, ...(ids.length === 0 ? [] : [`(${ids.join(' ')})`])].join(' ');
  return withoutSecretText(stack === undefined ? line : `${line}\n${String(stack)}`);
}

/** What a fault says of itself. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
export const stackOf = (error: unknown): string | undefined => (error instanceof Error ? error.stack : undefined);
/** Both in one text: the stack begins with the words. */
export const faultText = (error: unknown): string => stackOf(error) ?? reasonOf(error);
