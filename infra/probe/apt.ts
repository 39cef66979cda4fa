import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from './run.ts';
import type { Arch } from './contents.ts';

const listsAgeMsMax = 24 * 3600 * 1000;

/** Asks and downloads for one architecture; the machine's own package state is only read. */
export interface Apt {
  /** Candidate version by package name; a package that apt does not know is left out. */
  candidates(packages: string[]): Promise<Map<string, string>>;
  /** The packages and all that they depend on, by name, alternatives and virtual packages included where they exist. */
  closure(packages: string[]): Promise<string[]>;
  /** Puts the `.deb` files into a directory; apt checks them against the signed index. */
  download(packages: string[], directory: string): Promise<void>;
}

/** apt as the machine has it, or null where its lists do not know our packages for that architecture. */
export async function machineApt(arch: Arch): Promise<Apt | null> {
  const machine = (await output('dpkg', ['--print-architecture'])).trim();
  if (machine !== arch) return null;
  const apt = aptWith({});
  return (await apt.candidates(['perl-base', 'tcpdump'])).size === 2 ? apt : null;
}

/**
 * apt with a state directory of its own and the machine's sources and proxies, but without its hooks: for a foreign
 * architecture, and where the machine's lists were never fetched. With `mayUpdate` lists older than a day are renewed.
 */
export async function privateApt(arch: Arch, stateDirectory: string, mayUpdate: boolean): Promise<Apt> {
  const env = { APT_CONFIG: await writePrivateConfig(arch, stateDirectory) };
  if (mayUpdate && (await ageMs(join(stateDirectory, 'updated'))) > listsAgeMsMax) {
    await output('apt-get', ['update', '-qq'], { env: { ...process.env, LC_ALL: 'C', ...env } });
    await writeFile(join(stateDirectory, 'updated'), '');
  }
  return aptWith(env);
}

/** Whether a package version is newer than another, by Debian's rules. */
export async function isNewer(version: string, than: string): Promise<boolean> {
  return output('dpkg', ['--compare-versions', version, 'gt', than]).then(
    () => true,
    () => false,
  );
}

function aptWith(extra: NodeJS.ProcessEnv): Apt {
  const env = { ...process.env, LC_ALL: 'C', ...extra };
  return {
    async candidates(packages) {
      const text = await output('apt-cache', ['policy', ...packages], { env });
      const found = [...text.matchAll(/^(\S+?)(?::\w+)?:\n {2}Installed: .*\n {2}Candidate: (\S+)$/gm)];
      return new Map(
        found.flatMap(([, name, version]) => (name && version && version !== '(none)' ? [[name, version]] : [])),
      );
    },
    async closure(packages) {
      const off = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
        (kind) => `--no-${kind}`,
      );
      const text = await output('apt-cache', ['depends', '--recurse', ...off, ...packages], { env });
      return [...new Set(text.split('\n').filter((line) => /^[a-z0-9]/.test(line)))].sort();
    },
    async download(packages, directory) {
      await output('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...packages], {
        env,
        cwd: directory,
      });
    },
  };
}

async function writePrivateConfig(arch: Arch, directory: string): Promise<string> {
  await Promise.all(
    ['lists/partial', 'cache/archives/partial', 'none'].map((name) =>
      mkdir(join(directory, name), { recursive: true }),
    ),
  );
  await writeFile(join(directory, 'status'), '');
  const machine = await output('apt-config', ['dump']);
  const kept = machine.split('\n').filter((line) => /^(Acquire::|Dir::Etc::|APT::Default-Release)/.test(line));
  const path = join(directory, 'apt.conf');
  const own = [
    `Dir::Etc::main "/dev/null";`,
    `Dir::Etc::parts "${join(directory, 'none')}";`,
    `Dir::State "${directory}";`,
    `Dir::State::lists "${join(directory, 'lists')}";`,
    `Dir::State::status "${join(directory, 'status')}";`,
    `Dir::Cache "${join(directory, 'cache')}";`,
    `APT::Architecture "${arch}";`,
    `APT::Architectures { "${arch}"; };`,
    `APT::Sandbox::User "root";`,
  ];
  // A proxy's password may be among the machine's settings.
  await writeFile(path, [...kept, ...own, ''].join('\n'), { mode: 0o600 });
  return path;
}

async function ageMs(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found === null ? Infinity : Date.now() - found.mtimeMs;
}
