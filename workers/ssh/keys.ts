import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { AppError } from '#core/errors.ts';

/** Where a key comes from: an SSH agent, or a file with an unencrypted private key. */
export type KeySource = { kind: 'agent'; socket: string } | { kind: 'file'; path: string };

/** What this worker has, by name. A name of the API never becomes a path outside `keysFolder`. */
export interface SshConfig {
  /** All that can be used of a name's sources is tried, in order. */
  keys: ReadonlyMap<string, readonly KeySource[]>;
  keysFolder: string | null;
  /** Files with sudo passwords by name of the host, or `default`. */
  sudoPasswordFiles: ReadonlyMap<string, string>;
}

const safeName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Turns names of keys into ways to log in. A key's content never leaves it, not even in an error. */
export class KeyRing {
  readonly #config: SshConfig;
  /** Shared by those who ask at the same time, as at the start of an operation on many hosts. */
  readonly #read = new Map<string, { mtimeMs: number; key: Promise<ParsedKey | string> }>();

  constructor(config: SshConfig) {
    this.#config = config;
  }

  /** The methods to try in order. Throws `ssh_key_unavailable`. */
  async methodsFor(name: string, user: string): Promise<AnyAuthMethod[]> {
    const faults: string[] = [];
    const methods: AnyAuthMethod[] = [];
    for (const source of this.#sourcesOf(name)) {
      const method =
        source.kind === 'agent' ? await agentMethod(source.socket, user) : await this.#fileMethod(source.path, user);
      if (typeof method === 'string') faults.push(method);
      else methods.push(method);
    }
    if (methods.length > 0) return methods;
    const why = faults.length === 0 ? 'its configuration has no key of that name' : faults.join('; ');
    throw new AppError('ssh_key_unavailable', `This worker has no usable SSH key "${name}": ${why}.`, {
      done: 'No connection was tried.',
      next: `Give the worker the key, for example FLOTILLA_SSH_KEYS="${name}=agent" or "${name}=/path/of/the/private/key".`,
    });
  }

  /** The sudo password for a host, or null when none is configured. */
  async sudoPassword(host: string): Promise<string | null> {
    const files = this.#config.sudoPasswordFiles;
    const path = files.get(host) ?? files.get('default');
    if (path === undefined) return null;
    try {
      return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      throw new AppError(
        'ssh_key_unavailable',
        `The sudo password file for ${host} cannot be read: ${codeOf(error)}.`,
        {
          host,
          next: 'Check FLOTILLA_SUDO_PASSWORD_FILES and the rights of the file.',
        },
      );
    }
  }

  #sourcesOf(name: string): readonly KeySource[] {
    const named = this.#config.keys.get(name);
    const folder = this.#config.keysFolder;
    if (named !== undefined && name !== 'default') return named;
    if (folder === null || !safeName.test(name)) return named ?? [];
    return [{ kind: 'file', path: join(folder, name) }, ...(named ?? [])];
  }

  async #fileMethod(path: string, user: string): Promise<AnyAuthMethod | string> {
    try {
      const key = await this.#keyIn(path);
      return typeof key === 'string' ? `${path} ${key}` : { type: 'publickey', username: user, key };
    } catch (error) {
      return `${path} cannot be read (${codeOf(error)})`;
    }
  }

  /** Read again once the file has changed. */
  async #keyIn(path: string): Promise<ParsedKey | string> {
    const { mtimeMs } = await stat(path);
    const before = this.#read.get(path);
    if (before?.mtimeMs === mtimeMs) return before.key;
    const key = readFile(path).then(parsePrivateKey);
    this.#read.set(path, { mtimeMs, key });
    key.catch(() => this.#read.delete(path));
    return key;
  }
}

async function agentMethod(socket: string, user: string): Promise<AnyAuthMethod | string> {
  try {
    if ((await stat(socket)).isSocket()) return { type: 'agent', username: user, agent: socket };
    return `${socket} is not an agent's socket`;
  } catch (error) {
    return `the agent at ${socket} is not there (${codeOf(error)})`;
  }
}

/** The key, or what is wrong with the file in words that say nothing of its content. */
function parsePrivateKey(content: Buffer): ParsedKey | string {
  const parsed: unknown = ssh2.utils.parseKey(content);
  const key: unknown = Array.isArray(parsed) ? parsed[0] : parsed;
  if (isParsedKey(key)) return key.isPrivateKey() ? key : 'holds a public key, and the private one is needed';
  if (key instanceof Error && /encrypted/i.test(key.message)) {
    return 'is encrypted with a passphrase; add it to an SSH agent (ssh-add) and use the agent, or use a key without one';
  }
  return 'is not a private key that can be read';
}

const isParsedKey = (key: unknown): key is ParsedKey =>
  typeof key === 'object' && key !== null && 'isPrivateKey' in key && 'sign' in key;

/** `ENOENT` and the like: what the system says of a file, without its path. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown fault';
