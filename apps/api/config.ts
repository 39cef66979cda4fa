import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SettingsReader, SettingTable } from '#core/settings.ts';
import type { SlackSettings } from '#slack/slack-app.ts';
import { addressOf, isLoopback, type Listen } from './listen.ts';
import { slackOf } from './slack/settings.ts';
import { type Retention, retentionOf, retentionTable } from './retention.ts';

/** What the environment says to the API (`flotilla up`, `flotilla api`). Nothing else of it is read in apps/api. */
export interface ApiConfig {
  dataDir: string;
  listen: Listen;
  redis: string | undefined;
  /** Where checkpoints of the record are pushed to as well. */
  auditPush: string | undefined;
  /** File of the key that signs the record; by default in the data folder. */
  auditKey: string | undefined;
  /** File of the key that seals secrets; by default in the data folder. */
  sealingKey: string | undefined;
  /** Where the token of the workers is kept; by default in the data folder. */
  workerTokenFile: string | undefined;
  /** Slack's way in; null: there is none. */
  slack: SlackSettings | null;
  /** How long webhooks are kept. */
  retention: Retention;
}

export const defaultListen = '127.0.0.1:7766';

export const apiSettings = {
  FLOTILLA_DATA: {
    text: 'Data folder: database, first token, checkpoints of the record. Made when it is missing, for this user only.',
    fallback: '~/.local/share/flotilla',
    example: '/var/lib/flotilla',
    flag: '--data',
  },
  FLOTILLA_LISTEN: {
    text: 'Address and port to listen on. Beyond loopback it needs a certificate, or the name of a proxy in front.',
    fallback: defaultListen,
    example: '0.0.0.0:7766',
    flag: '--listen',
  },
  FLOTILLA_TLS_CERT: {
    text: 'File with the certificate chain in PEM. Goes together with FLOTILLA_TLS_KEY.',
    example: '/etc/flotilla/tls/fullchain.pem',
    flag: '--tls-cert',
  },
  FLOTILLA_TLS_KEY: {
    text: 'File with the key of the certificate in PEM.',
    example: '/etc/flotilla/tls/key.pem',
    flag: '--tls-key',
  },
  FLOTILLA_TRUSTED_PROXY: {
    text: 'Who ends TLS in front, as a word for the log. Its X-Forwarded-For is believed: let nobody else reach the port.',
    example: 'caddy',
    flag: '--trusted-proxy',
  },
  REDIS_URL: {
    text: 'Redis for doorbells: redis://, rediss:// or the path of a socket. It must not evict (maxmemory-policy noeviction).',
    fallback: 'a private redis-server is started and stopped again',
    example: 'redis://127.0.0.1:6379',
    isSecret: true,
    flag: '--redis',
  },
  FLOTILLA_AUDIT_PUSH: {
    text: 'Where checkpoints of the record go as well: dir:FOLDER, cmd:PROGRAM, or an https address.',
    example: 'dir:/mnt/worm',
    flag: '--audit-push',
  },
  FLOTILLA_AUDIT_KEY: {
    text: 'File of the key that signs the record; made when it is missing. Keep it out of backups of the data.',
    fallback: 'keys/audit.key in the data folder',
    example: '/etc/flotilla/keys/audit.key',
  },
  FLOTILLA_SEALING_KEY: {
    text: 'File of the key that seals the secrets of webhooks; made when it is missing. Keep it out of backups of the data.',
    fallback: 'keys/sealing.key in the data folder',
    example: '/etc/flotilla/keys/sealing.key',
  },
  FLOTILLA_WORKER_TOKEN_FILE: {
    text: 'File in which the API keeps the token for its workers, and from which a worker reads its own.',
    fallback: 'worker-token in the data folder',
    example: '/run/flotilla/worker-token',
  },
  ...retentionTable,
} as const satisfies SettingTable;

/** The folder of the data, which commands look for as well. */
export const defaultDataDir = (): string => join(homedir(), '.local', 'share', 'flotilla');

/** Reads all; what is wrong is gathered by the reader, and what is returned then means nothing. */
export function apiConfigOf(settings: SettingsReader): ApiConfig {
  const text = (name: keyof typeof apiSettings): string | undefined => settings.text(apiSettings, name);
  const auditPush = text('FLOTILLA_AUDIT_PUSH');
  if (auditPush !== undefined && !/^(?:(?:dir|cmd):.|https?:\/\/.)/.test(auditPush))
    settings.wrong(apiSettings, 'FLOTILLA_AUDIT_PUSH', 'expected dir:FOLDER, cmd:PROGRAM or an https address');
  return {
    dataDir: text('FLOTILLA_DATA') ?? defaultDataDir(),
    listen: listenOf(settings),
    redis: redisOf(settings),
    auditPush,
    auditKey: text('FLOTILLA_AUDIT_KEY'),
    sealingKey: text('FLOTILLA_SEALING_KEY'),
    workerTokenFile: text('FLOTILLA_WORKER_TOKEN_FILE'),
    slack: slackOf(settings),
    retention: retentionOf(settings),
  };
}

/** Anything else would be taken for a host of that name, and be waited for without end. */
export function redisOf(settings: SettingsReader): string | undefined {
  const redis = settings.text(apiSettings, 'REDIS_URL');
  if (redis !== undefined && !/^(?:rediss?:\/)?\/./.test(redis))
    settings.wrong(apiSettings, 'REDIS_URL', 'expected redis://…, rediss://… or the path of a socket');
  return redis;
}

function listenOf(settings: SettingsReader): Listen {
  const text = (name: keyof typeof apiSettings): string | undefined => settings.text(apiSettings, name);
  const wrong = (name: keyof typeof apiSettings, why: string): void => settings.wrong(apiSettings, name, why);
  const [certFile, keyFile] = [text('FLOTILLA_TLS_CERT'), text('FLOTILLA_TLS_KEY')];
  const trustedProxy = text('FLOTILLA_TRUSTED_PROXY');
  if ((certFile === undefined) !== (keyFile === undefined))
    wrong(certFile === undefined ? 'FLOTILLA_TLS_CERT' : 'FLOTILLA_TLS_KEY', 'a certificate and its key go together');
  if (certFile !== undefined && !existsSync(certFile)) wrong('FLOTILLA_TLS_CERT', `there is no file ${certFile}`);
  if (keyFile !== undefined && !existsSync(keyFile)) wrong('FLOTILLA_TLS_KEY', `there is no file ${keyFile}`);
  const address = addressOf(text('FLOTILLA_LISTEN') ?? defaultListen);
  if (address === null) wrong('FLOTILLA_LISTEN', 'expected host:port, such as 127.0.0.1:7766 or [::1]:7766');
  else if (!isLoopback(address.host) && certFile === undefined && trustedProxy === undefined)
    wrong(
      'FLOTILLA_LISTEN',
      `${address.host} is not a loopback address, and tokens would travel in clear: name a certificate and its key, or the proxy in front that ends TLS`,
    );
  return {
    ...(address ?? { host: '127.0.0.1', port: 0 }),
    ...(certFile === undefined || keyFile === undefined ? {} : { tls: { certFile, keyFile } }),
    ...(trustedProxy === undefined ? {} : { trustedProxy }),
  };
}
