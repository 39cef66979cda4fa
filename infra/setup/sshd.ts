import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockWait } from '#lab/packages.ts';
import { cacheDirectory } from '../probe/build.ts';

/** The machine's own sshd, which is used when it is there. */
const installed = '/usr/sbin/sshd';

/** An sshd that tests may start on loopback, with the folders of libraries that it needs besides the machine's. */
export interface SshdProgram {
  path: string;
  libraries: string[];
}

/**
 * Unpacks Debian's openssh-server with what it needs into the cache: installing it would start a service of the
 * machine. Does nothing where the machine has one, or the second time.
 */
export function provideSshd(): void {
  if (findSshd() !== null) return;
  console.log('setup: unpacking Debian’s openssh-server for the tests (nothing is installed or started)');
  const target = unpacked();
  mkdirSync(target, { recursive: true });
  const archives = mkdtempSync(join(target, 'archives-'));
  mkdirSync(join(archives, 'partial'));
  const options = ['-q', '--yes', '--no-remove', '--no-install-recommends', '--reinstall', '--download-only'];
  const where = ['-o', `Dir::Cache::archives=${archives}`];
  try {
    // What apt says on its error output is part of the error that this throws.
    execFileSync('apt-get', ['install', ...options, ...lockWait, ...where, 'openssh-server'], { stdio: 'pipe' });
    for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['--extract', join(archives, file), target]);
    }
  } finally {
    rmSync(archives, { recursive: true });
  }
}

/** The machine's sshd, or the unpacked one; null when there is neither. */
export function findSshd(): SshdProgram | null {
  if (existsSync(installed)) return { path: installed, libraries: [] };
  const path = join(unpacked(), installed);
  if (!existsSync(path)) return null;
  const folders = ['lib', 'usr/lib'].map((folder) => join(unpacked(), folder)).filter((folder) => existsSync(folder));
  const triplets = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return { path, libraries: triplets.filter((folder) => folder.endsWith('-linux-gnu')) };
}

const unpacked = (): string => join(cacheDirectory(), 'sshd');
