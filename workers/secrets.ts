import { access, constants, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretState } from '#core/observation.ts';
import { AppError } from '#core/errors.ts';
import { heldBytesEnd } from '#core/spec/held.ts';
import { nameSchema } from '#core/spec/names.ts';
import { codeOf } from './ssh/keys.ts';

/** Where this worker has secrets for services. A name of a spec never becomes a path outside `folder`. */
export interface SecretsConfig {
  /** Files by name, or by cluster and name: `demo/db_password`. */
  files: ReadonlyMap<string, string>;
  /** Each under its name, or in a folder with the name of its cluster. */
  folder: string | null;
}

/**
 * Secrets that this worker has for the services of one cluster: files of its own, by name. Each is read when it is needed,
 * given to the one call that makes it, and kept nowhere. Nothing said of one has its value or its path.
 */
export class WorkerSecrets {
  readonly #config: SecretsConfig;
  readonly #cluster: string;

  constructor(config: SecretsConfig, cluster: string) {
    this.#config = config;
    this.#cluster = cluster;
  }

  /** Whether each could be made, as far as that is seen without reading it. */
  async states(names: readonly string[]): Promise<Record<string, SecretState>> {
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await this.#find(name)).state])));
  }

  /** @throws AppError `secret_unavailable`, never with what is in it */
  async value(name: string): Promise<Buffer> {
    const { state, path } = await this.#find(name);
    if (state !== 'ready') throw unavailable(name, words[state]);
    try {
      return await readFile(path);
    } catch (error) {
      throw unavailable(name, `its file cannot be read (${codeOf(error)})`);
    }
  }

  /** The first that is there: what is for this cluster alone comes before what is for all. */
  async #find(name: string): Promise<{ state: SecretState; path: string }> {
    for (const path of this.#pathsOf(name)) {
      const state = await stateOf(path);
      if (state !== 'missing') return { state, path };
    }
    return { state: 'missing', path: '' };
  }

  /** Names as a spec has them are no paths, and do not begin with a dot. */
  #pathsOf(name: string): string[] {
    if (![name, this.#cluster].every((one) => nameSchema.safeParse(one).success)) return [];
    const { files, folder } = this.#config;
    const named = [files.get(`${this.#cluster}/${name}`), files.get(name)];
    const inFolder = folder === null ? [] : [join(folder, this.#cluster, name), join(folder, name)];
    return [named[0], inFolder[0], named[1], inFolder[1]].filter((path) => path !== undefined);
  }
}

/** A folder under the name is that of a cluster. */
async function stateOf(path: string): Promise<SecretState> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'missing';
    if (!found.isFile()) return 'unreadable';
    await access(path, constants.R_OK);
    return found.size === 0 ? 'empty' : found.size < heldBytesEnd ? 'ready' : 'too-large';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(codeOf(error)) ? 'missing' : 'unreadable';
  }
}

const words: Record<Exclude<SecretState, 'ready'>, string> = {
  missing: 'this worker has none of that name',
  unreadable: 'its file cannot be read',
  empty: 'its file is empty',
  'too-large': 'its file has more than the 500 KB that Swarm takes',
};

const unavailable = (name: string, why: string): AppError =>
  new AppError('secret_unavailable', `The secret ${name} cannot be made: ${why}.`, {
    done: 'Nothing was sent to the swarm.',
    next: 'Give it to the worker in FLOTILLA_SECRETS_FOLDER or FLOTILLA_SECRETS, then retry.',
  });
