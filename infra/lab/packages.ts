import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { must, run } from './run.ts';
import { LabRefusal } from './types.ts';

/**
 * What the machine itself needs, by program. None of these packages carries a service, so nothing starts;
 * engines, sshd, nginx and the registry live in the lab's own root file system and are never installed here.
 */
const needed: { program: string; package: string }[] = [
  { program: 'debootstrap', package: 'debootstrap' },
  { program: 'ip', package: 'iproute2' },
  { program: 'ssh', package: 'openssh-client' },
  { program: 'ssh-keygen', package: 'openssh-client' },
  { program: 'nsenter', package: 'util-linux' },
  { program: 'unshare', package: 'util-linux' },
  { program: 'setpriv', package: 'util-linux' },
  { program: 'mount', package: 'mount' },
  { program: 'gpgv', package: 'gpgv' },
  { program: 'redis-check-rdb', package: 'redis-tools' },
];

/** Another apt may be at work; it is waited for. */
export const lockWait = ['-o', 'DPkg::Lock::Timeout=120'];

const keyring = { file: '/usr/share/keyrings/debian-archive-keyring.gpg', package: 'debian-archive-keyring' };

/** Installs what is missing, after saying so. Removes nothing, starts nothing, and does nothing the second time. */
export async function installLabPackages(log: (line: string) => void = console.log): Promise<void> {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new LabRefusal(`The lab needs ${missing.join(', ')}: run this as root on Linux, or install them.`);
  }
  log(`lab: installing Debian's packages ${missing.join(' ')}`);
  const install = ['apt-get', 'install', '--no-install-recommends', '--no-remove', '-y', '-q', ...lockWait, ...missing];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const limits = { env, timeoutMs: 600_000 };
  if ((await run(install, limits)).code === 0) return;
  // Package lists that are old or absent are the usual reason.
  await must(['apt-get', 'update', '-q'], limits);
  await must(install, limits);
}

async function missingPackages(): Promise<string[]> {
  const wanted = await Promise.all(
    needed.map(async ({ program, package: name }) => ((await isOnPath(program)) ? [] : [name])),
  );
  const keys = (await exists(keyring.file)) ? [] : [keyring.package];
  return [...new Set([...wanted.flat(), ...keys])];
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const found = await Promise.all(folders.map((folder) => exists(join(folder, program))));
  return found.includes(true);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
