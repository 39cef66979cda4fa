import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { imageRegistry } from '#core/engine/image-name.ts';
import { AppError } from '#core/errors.ts';
import { codeOf } from '../ssh/keys.ts';

/** As Docker's own clients name Docker Hub in that file. */
const hubAddress = 'https://index.docker.io/v1/';

const loginSchema = z.looseObject({
  /** Base64 of `user:password`. */
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
type Login = z.output<typeof loginSchema>;

const fileSchema = z.looseObject({
  auths: z.record(z.string(), loginSchema).default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).default({}),
});

/**
 * Logins to registries out of a file as `docker login` writes it (`config.json`). It is read at each use, so that a
 * password that changes needs no restart. A login goes to the engine for images of its own registry only.
 */
export class RegistryLogins {
  readonly #path: string | null;

  constructor(path: string | null) {
    this.#path = path;
  }

  /**
   * `X-Registry-Auth` for an image; undefined without a file. Where the file has no login, it says so: a service that
   * is updated would keep the login to its former registry, and the engine would send that to the new one.
   * @throws AppError registry_login_unavailable when the file cannot be read or keeps the login elsewhere; never with its content
   */
  async authFor(image: string): Promise<string | undefined> {
    if (this.#path === null) return undefined;
    const registry = imageRegistry(image);
    const { auths, credsStore, credHelpers } = parse(await textOf(this.#path));
    const found = Object.entries(auths).find(([address]) => registryOf(address) === registry);
    const auth = found === undefined ? null : authConfig(found[0], found[1]);
    if (auth !== null) return encoded(auth);
    const helper = credHelpers[registry] ?? (found === undefined ? undefined : credsStore);
    if (helper === undefined) return encoded({});
    throw unusable(`it leaves the login to ${registry} to the credential helper "${helper}", which a worker has not`);
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unusable(`it cannot be read (${codeOf(error)})`);
  }
}

function parse(text: string): z.output<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    throw unusable('it is not the JSON that `docker login` writes');
  }
}

/** Null where the entry has no login of its own: with a credential store it is left empty. */
function authConfig(serveraddress: string, login: Login): Record<string, string> | null {
  if (login.identitytoken !== undefined && login.identitytoken !== '')
    return { identitytoken: login.identitytoken, serveraddress };
  const joined = Buffer.from(login.auth ?? '', 'base64').toString();
  const at = joined.indexOf(':');
  const username = login.username ?? (at < 0 ? undefined : joined.slice(0, at));
  const password = login.password ?? (at < 0 ? undefined : joined.slice(at + 1));
  return username === undefined || password === undefined ? null : { username, password, serveraddress };
}

/** `https://registry.example/v2/` → `registry.example`; Docker Hub by the name that references have. */
function registryOf(address: string): string {
  if (address === hubAddress) return 'docker.io';
  const host = address.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host;
}

/** Engines want base64url with its padding, and take what they cannot read for no login. */
const encoded = (authConfig: Readonly<Record<string, string>>): string =>
  Buffer.from(JSON.stringify(authConfig)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');

const unusable = (why: string): AppError =>
  new AppError('registry_login_unavailable', `This worker cannot use its file with registry logins: ${why}.`, {
    done: 'The registry was not asked, and nothing was changed.',
    next: 'Mend the file that FLOTILLA_REGISTRY_LOGINS names: `docker --config <folder> login <registry>` writes one where no credential helper is set up.',
  });
