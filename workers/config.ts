import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import type { SettingsReader, SettingTable } from '#core/settings.ts';
import { nameSchema } from '#core/spec/names.ts';
import type { SecretsConfig } from './secrets.ts';
import type { KeySource, SshConfig } from './ssh/keys.ts';
import { probeFolders, type ProbeImageOptions } from './probe/image.ts';

/** Everything that a worker takes from its environment. */
export interface WorkerConfig {
  ssh: SshConfig;
  probe: ProbeImageOptions;
  secrets: SecretsConfig;
  /** File with logins to registries, as `docker login` writes it; null: none are sent. */
  registryLogins: string | null;
  /** Hosts that are bound to one of these are for this worker. */
  labels: readonly string[];
  /** Operations at the same time. */
  concurrency: number;
}

export const workerSettings = {
  FLOTILLA_SSH_KEYS: {
    text: 'SSH keys by name, as name=source,…; a source is `agent`, `agent:/socket`, or the path of a private key. API and database know the names only.',
    fallback: 'default: the agent of SSH_AUTH_SOCK, then ~/.ssh/id_ed25519, id_ecdsa, id_rsa',
    example: 'default=/run/secrets/ssh_key,lab=agent',
  },
  FLOTILLA_SSH_KEYS_FOLDER: {
    text: 'Folder with private keys, each under its name.',
    example: '/etc/flotilla/ssh',
  },
  FLOTILLA_SUDO_PASSWORD_FILES: {
    text: 'Files with sudo passwords, as host=path,…; the name `default` is for every other host.',
    example: 'h1=/run/secrets/sudo_h1',
  },
  FLOTILLA_REGISTRY_LOGINS: {
    text: 'File with logins to private registries, as `docker login` writes it (config.json). Each goes to the engines for images of its registry; API and database know none.',
    fallback: 'none: images are pulled without a login',
    example: '/run/secrets/registry_logins',
  },
  FLOTILLA_SECRETS_FOLDER: {
    text: 'Folder with secrets for services, each in a file under its name, or below a folder with the name of a cluster for that one alone. A swarm gets those that its spec has `from: worker`. API and database know the names only.',
    example: '/etc/flotilla/secrets',
  },
  FLOTILLA_SECRETS: {
    text: 'The same for single files, as name=path,… or cluster/name=path.',
    example: 'db_password=/run/secrets/db_password',
  },
  FLOTILLA_PROBE_IMAGE: {
    text: 'Folder with a probe image, in place of the one that comes with Flotilla.',
    example: '/srv/flotilla/probe',
  },
  FLOTILLA_WORKER_LABELS: {
    text: 'Labels of this worker, with commas. A host that was added with --worker-label is for workers that have it.',
    example: 'berlin,lab',
  },
  FLOTILLA_WORKER_CONCURRENCY: { text: 'Operations at the same time.', fallback: '10', example: '20' },
  FLOTILLA_WORKER_METRICS: {
    text: '`flotilla worker` only: address and port of its own /metrics and /healthz. Counts alone, no names, no token.',
    fallback: 'none',
    example: '127.0.0.1:9466',
  },
  FLOTILLA_WORKER_TOKEN: {
    text: '`flotilla worker` only: its token, as `flotilla token create --worker` shows it once.',
    fallback: 'worker-token in the data folder',
    example: 'flt_…',
    isSecret: true,
  },
} as const satisfies SettingTable;

/** Reads all; what is wrong is gathered by the reader, and what is returned then means nothing. */
export function workerConfigOf(settings: SettingsReader): WorkerConfig {
  const ssh = sshConfigOf(settings);
  const registryLogins = settings.text(workerSettings, 'FLOTILLA_REGISTRY_LOGINS') ?? null;
  return {
    ssh,
    probe: {
      // Images that have to be built are kept below XDG_CACHE_HOME.
      folders: probeFolders(settings.standard('XDG_CACHE_HOME')),
      overrideImage: settings.text(workerSettings, 'FLOTILLA_PROBE_IMAGE'),
    },
    secrets: secretsConfigOf(settings, { ssh, registryLogins }),
    registryLogins,
    labels: labelsOf(settings),
    concurrency: settings.whole(workerSettings, 'FLOTILLA_WORKER_CONCURRENCY', 1, 1000) ?? 10,
  };
}

function labelsOf(settings: SettingsReader): string[] {
  const labels = (settings.text(workerSettings, 'FLOTILLA_WORKER_LABELS') ?? '').split(',').map((one) => one.trim());
  const given = labels.filter((label) => label !== '');
  for (const label of given) {
    const { error } = nameSchema.safeParse(label);
    if (error !== undefined)
      settings.wrong(workerSettings, 'FLOTILLA_WORKER_LABELS', `"${label}": ${error.issues[0]?.message ?? ''}`);
  }
  return given;
}

function sshConfigOf(settings: SettingsReader): SshConfig {
  const keys = new Map<string, KeySource[]>();
  for (const [name, source] of pairsOf('FLOTILLA_SSH_KEYS', settings)) {
    const found = keySource(name, source, settings);
    if (found !== null) keys.set(name, [found]);
  }
  if (!keys.has('default')) keys.set('default', usualKeys(settings));
  return {
    keys,
    keysFolder: settings.text(workerSettings, 'FLOTILLA_SSH_KEYS_FOLDER') ?? null,
    sudoPasswordFiles: new Map(pairsOf('FLOTILLA_SUDO_PASSWORD_FILES', settings)),
  };
}

/** Whoever may deploy a service can read what these hold, so nothing that is the worker's own may be among them. */
function secretsConfigOf(
  settings: SettingsReader,
  { ssh, registryLogins }: Pick<WorkerConfig, 'ssh' | 'registryLogins'>,
): SecretsConfig {
  const files = new Map(pairsOf('FLOTILLA_SECRETS', settings));
  for (const name of files.keys()) {
    const parts = name.split('/');
    if (parts.length <= 2 && parts.every((part) => nameSchema.safeParse(part).success)) continue;
    settings.wrong(workerSettings, 'FLOTILLA_SECRETS', `"${name}" is not the name of a secret, or cluster/name`);
  }
  const folder = settings.text(workerSettings, 'FLOTILLA_SECRETS_FOLDER') ?? null;
  const own = [
    ...[...ssh.keys.values()].flat().flatMap((source) => (source.kind === 'file' ? [source.path] : [])),
    ...(ssh.keysFolder === null ? [] : [join(ssh.keysFolder, 'default')]),
    ...ssh.sudoPasswordFiles.values(),
    ...(registryLogins === null ? [] : [registryLogins]),
  ].find((path) => folder !== null && `${resolve(path)}${sep}`.startsWith(`${resolve(folder)}${sep}`));
  if (own !== undefined) {
    const why = `${own} of the worker itself is in there; give secrets for services a folder of their own`;
    settings.wrong(workerSettings, 'FLOTILLA_SECRETS_FOLDER', why);
  }
  return { files, folder };
}

function usualKeys(settings: SettingsReader): KeySource[] {
  const folder = join(settings.standard('HOME') ?? homedir(), '.ssh');
  const files = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((file): KeySource => ({
    kind: 'file',
    path: join(folder, file),
  }));
  const socket = settings.standard('SSH_AUTH_SOCK');
  return socket === undefined ? files : [{ kind: 'agent', socket }, ...files];
}

function keySource(name: string, source: string, settings: SettingsReader): KeySource | null {
  if (source !== 'agent' && !source.startsWith('agent:')) return { kind: 'file', path: source };
  const socket = source === 'agent' ? settings.standard('SSH_AUTH_SOCK') : source.slice('agent:'.length);
  if (socket) return { kind: 'agent', socket };
  const why = `the key "${name}" is to come from an agent, and there is none: set SSH_AUTH_SOCK, or write agent:/path/of/the/socket`;
  settings.wrong(workerSettings, 'FLOTILLA_SSH_KEYS', why);
  return null;
}

/** `name=value,name=value`. */
function pairsOf(
  variable: 'FLOTILLA_SSH_KEYS' | 'FLOTILLA_SUDO_PASSWORD_FILES' | 'FLOTILLA_SECRETS',
  settings: SettingsReader,
): [string, string][] {
  const entries = (settings.text(workerSettings, variable) ?? '').split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .flatMap((entry): [string, string][] => {
      const at = entry.indexOf('=');
      if (at > 0 && at < entry.length - 1) return [[entry.slice(0, at).trim(), entry.slice(at + 1).trim()]];
      settings.wrong(workerSettings, variable, `the entry "${entry}" is not name=value`);
      return [];
    });
}
