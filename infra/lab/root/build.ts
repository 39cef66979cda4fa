import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withLock } from '../lock.ts';
import { cacheFolder } from '../paths.ts';
import { must } from '../run.ts';
import { labIds, readRecord } from '../state.ts';
import { LabRefusal } from '../types.ts';
import { debianMirror } from './mirror.ts';
import { type EngineName, releases, rootPackages } from './release.ts';

const finishScript = join(import.meta.dirname, 'finish.sh');

/**
 * The root file system that all hosts of an engine share, built once (about 40 s, 390 MB) and kept in the cache.
 * A change of the recipe changes the stamp in its name, so that it is built anew.
 */
export async function rootFor(engine: EngineName, log: (line: string) => void): Promise<string> {
  const root = join(cacheFolder(), `root-${engine}-${await stampOf(engine)}`);
  if (existsSync(root)) return root;
  return withLock(`root-${engine}`, async () => {
    if (existsSync(root)) return root;
    log(`lab: building the root file system with engine ${engine} from Debian's packages (once, about a minute)`);
    await build(engine, root);
    return root;
  });
}

async function stampOf(engine: EngineName): Promise<string> {
  const recipe = [JSON.stringify([releases[engine], rootPackages]), await readFile(finishScript, 'utf8')];
  return createHash('sha256').update(recipe.join('\n')).digest('hex').slice(0, 10);
}

async function build(engine: EngineName, root: string): Promise<void> {
  const unfinished = `${root}.unfinished`;
  const mirror = await debianMirror();
  let last: unknown;
  for (const codename of releases[engine].codenames) {
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true });
    try {
      await bootstrap({ engine, codename, mirror, to: unfinished });
      await must(['chroot', unfinished, '/bin/sh', '-e'], {
        stdin: await readFile(finishScript, 'utf8'),
        timeoutMs: 120_000,
      });
      await rename(unfinished, root);
      await removeOthers(engine, basename(root));
      return;
    } catch (error) {
      last = error;
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  throw last;
}

/** Ends with us, however we end, and so do its own children and mounts. */
const tied = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child'];

async function bootstrap(from: { engine: EngineName; codename: string; mirror: string; to: string }): Promise<void> {
  const packages = [...rootPackages, ...releases[from.engine].extra].join(',');
  const options = ['--variant=minbase', `--include=${packages}`, '--merged-usr'];
  // An old debootstrap knows no script of a newer release; they have all been the same as sid's since long.
  const script = '/usr/share/debootstrap/scripts/sid';
  await must([...tied, 'debootstrap', ...options, from.codename, from.to, from.mirror, script], {
    timeoutMs: 900_000,
  });
  const version = (await must(['chroot', from.to, 'dpkg-query', '-W', '-f', '${Version}', 'docker.io'])).trim();
  if (version.startsWith(`${from.engine}.`)) return;
  throw new LabRefusal(
    `Debian's ${from.codename} carries engine ${version} now, not ${from.engine}: choose another engine.`,
  );
}

/** Roots and images of an older recipe go, unless a lab still runs on them; and what a killed builder left. */
async function removeOthers(engine: EngineName, kept: string): Promise<void> {
  const records = await Promise.all((await labIds()).map((id) => readRecord(id).catch(() => undefined)));
  const used = records.flatMap((record) => record?.hosts.map((host) => basename(host.root)) ?? []);
  const names = await readdir(cacheFolder());
  const old = names.filter((name) => name.startsWith(`root-${engine}-`) && !used.includes(name) && name !== kept);
  const gone = old.flatMap((name) => [name, name.replace('root-', 'images-')]);
  await Promise.all(gone.map((name) => rm(join(cacheFolder(), name), { recursive: true, force: true })));
}
