import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Lookup } from '#core/spec/variables.ts';
import { logSettings } from '#core/log.ts';
import { type Environment, SettingsReader, type SettingTable } from '#core/settings.ts';

/** What the environment says to the command line. Nothing else of it is read anywhere in apps/cli. */
export interface CliConfig {
  url: string | undefined;
  token: string | undefined;
  /** Where `flotilla up` keeps its database, its address and the first token. */
  dataDir: string;
  noColour: boolean;
  debug: boolean;
  /** The value of any variable, for Compose files that name it. */
  variable: Lookup;
}

export const cliSettings = {
  FLOTILLA_URL: {
    text: 'Address of the control plane, for commands and for `flotilla worker`.',
    fallback: 'the address that the `flotilla up` of this user on this machine wrote down',
    example: 'https://flotilla.example.org',
    flag: '--url',
  },
  FLOTILLA_TOKEN: {
    text: 'Token of the person who asks, as `flotilla token create` shows it once.',
    fallback: 'the first token, where it is used on the machine of `flotilla up`',
    example: 'flt_…',
    flag: '--token-file',
  },
  NO_COLOR: { text: 'Anything: no colours.', example: '1', flag: '--no-color' },
  FLOTILLA_DEBUG: { text: '1: print where in the code a fault happened.', example: '1' },
} as const satisfies SettingTable;

/** For `flotilla up`, `flotilla api` and `flotilla worker`. The names of OpenTelemetry are its own. */
export const observingSettings = {
  ...logSettings,
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    text: 'Address of an OTLP/HTTP receiver of traces, without `/v1/traces`.',
    fallback: 'nothing is traced',
    example: 'http://127.0.0.1:4318',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    text: 'What is sent along to it, as name=value,….',
    example: 'authorization=Bearer …',
    isSecret: true,
  },
} as const satisfies SettingTable;

const present = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text;

export function readConfig(env: NodeJS.ProcessEnv = process.env): CliConfig {
  return {
    url: present(env['FLOTILLA_URL']),
    token: present(env['FLOTILLA_TOKEN']),
    dataDir: present(env['FLOTILLA_DATA']) ?? join(homedir(), '.local', 'share', 'flotilla'),
    noColour: present(env['NO_COLOR']) !== undefined || env['TERM'] === 'dumb',
    debug: env['FLOTILLA_DEBUG'] === '1',
    variable: (name) => env[name],
  };
}

/** Settings for what runs for long, with the options of the command line in the place of the variables they stand for. */
export const serverSettings = (options: Environment, env: Environment = process.env): SettingsReader =>
  new SettingsReader(
    { ...env, ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) },
    (path) => readFileSync(path, 'utf8'),
  );

/** Folders in which programs are looked for. */
export const searchPath = (env: NodeJS.ProcessEnv = process.env): string[] => (env['PATH'] ?? '').split(delimiter);
