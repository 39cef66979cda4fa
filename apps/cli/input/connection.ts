import { isIPv4 } from 'node:net';
import { AppError } from '#core/errors.ts';
import { isWebAddress } from '#core/settings.ts';
import type { CliConfig } from '#cli/config.ts';
import { firstLine, savedToken, savedUrl, tokenFile } from './data-folder.ts';

export interface Connection {
  url: string;
  token: string;
}

export interface ConnectionFlags {
  url?: string;
  tokenFile?: string;
}

export const defaultUrl = 'http://127.0.0.1:7766';

/**
 * Where the API is and with which token: flags, then the environment, then the data folder of `flotilla up`.
 * The token of the data folder goes only to the address of the data folder.
 * @throws AppError `invalid_input` for an address that is none, `unauthenticated` when no token is found.
 */
export function findConnection(flags: ConnectionFlags, config: CliConfig): Connection {
  const saved = savedUrl(config.dataDir) ?? defaultUrl;
  const url = findAddress(flags, config);
  const given = flags.tokenFile === undefined ? config.token : tokenIn(flags.tokenFile);
  const token = given ?? (isSame(url, saved) ? savedToken(config.dataDir) : undefined);
  if (token === undefined) throw noToken(url, saved, { flags, config });
  if (/[^\u0021-\u007E]/.test(token))
    throw new AppError('invalid_input', 'The token holds characters that a token never has', {
      done: 'Nothing was sent.',
      next: 'Copy it again: one line, no spaces.',
    });
  return { url, token };
}

/** Where the API is, for who comes without a token. @throws AppError `invalid_input` for an address that is none. */
export const findAddress = (flags: ConnectionFlags, config: CliConfig): string =>
  checkedUrl(flags.url ?? config.url ?? savedUrl(config.dataDir) ?? defaultUrl);

function checkedUrl(text: string): string {
  if (!isWebAddress(text))
    throw new AppError('invalid_input', `${text} is not an address of a control plane`, {
      done: 'Nothing was sent.',
      next: `Write it like ${defaultUrl} (--url or FLOTILLA_URL).`,
    });
  return new URL(text).href.replace(/\/+$/, '');
}

function tokenIn(path: string): string {
  const token = firstLine(path);
  if (token === undefined)
    throw new AppError('invalid_input', `There is no token in ${path}, or it cannot be read`, {
      done: 'Nothing was sent.',
      next: 'Put the token alone on the first line of that file.',
    });
  return token;
}

const isSame = (url: string, saved: string): boolean =>
  URL.canParse(saved) && new URL(url).origin === new URL(saved).origin;

interface Asked {
  flags: ConnectionFlags;
  config: CliConfig;
}

function noToken(url: string, saved: string, { flags, config }: Asked): AppError {
  const { dataDir } = config;
  const isNamed = (flags.url ?? config.url) !== undefined;
  const elsewhere =
    isSame(url, saved) || savedToken(dataDir) === undefined
      ? ''
      : ` (the one in ${tokenFile(dataDir)} belongs to ${saved})`;
  const isOurs = savedUrl(dataDir) !== undefined && isSame(url, saved);
  return new AppError('unauthenticated', `There is no token for ${url}${elsewhere}`, {
    done: 'Nothing was sent.',
    next: isNamed
      ? 'Give one: FLOTILLA_TOKEN (an empty one is none), or --token-file FILE.'
      : isOurs
        ? 'Name one: FLOTILLA_TOKEN, or --token-file FILE. If all are lost: stop the control plane, and start it once with `flotilla up --new-admin-token`.'
        : 'Start the control plane here with `flotilla up`, or name a token: FLOTILLA_TOKEN, or --token-file FILE.',
  });
}

/** True when a token would travel readable over a network. */
export function isPlainRemote(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'http:' &&
    hostname !== 'localhost' &&
    hostname !== '[::1]' &&
    !(isIPv4(hostname) && hostname.startsWith('127.'))
  );
}
