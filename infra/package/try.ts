import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createLab } from '#lab/lab.ts';
import { rootFor } from '#lab/root/build.ts';
import { must } from '#lab/run.ts';
import { until } from '#lab/wait.ts';
import { composeOf, runCompose } from './run-compose.ts';

const root = join(import.meta.dirname, '../..');

const limits = { limitMs: 120_000, everyMs: 500 };

/**
 * Builds the image on an engine of the lab, from a base that debootstrap made, without the internet, and does what the
 * Compose file asks for there: API, worker and Redis have to be well, and the worker has to have come in with its token.
 */
export async function tryPackage(context: string): Promise<void> {
  const log = (line: string): void => console.log(`package: ${line}`);
  await using lab = await createLab({ id: 'package', hosts: 1, log });
  const [host] = lab.hosts;
  if (host === undefined) throw new Error('The lab has no host.');
  const base = await rootFor(host.engine, log);
  const engine = [join(base, 'usr/bin/docker'), '--host', `unix://${host.socketPath}`];
  const docker = (args: string[]) => must([...engine, ...args], { timeoutMs: 600_000 });
  const scratch = mkdtempSync(join(tmpdir(), 'flotilla-package-'));
  try {
    log('a base from debootstrap, with a redis-server in it');
    await baseInto(engine, base, scratch);
    log('the image');
    await docker([
      'build',
      '--build-arg',
      'BASE=flotilla-base',
      '-t',
      'flotilla',
      '-f',
      join(root, 'infra/Dockerfile'),
      context,
    ]);
    log((await docker(['run', '--rm', 'flotilla', '--version'])).trim());
    log('what docker-compose.yml asks for');
    const images = { REDIS_IMAGE: 'flotilla-base', FLOTILLA_IMAGE: 'flotilla' };
    await runCompose(composeOf(join(root, 'docker-compose.yml'), images), docker);
    for (const [service, health] of [
      ['redis', 'healthy '],
      ['api', 'healthy 10001:10001'],
      ['worker', 'healthy 10001:10001'],
    ] as const) {
      const state = ['inspect', '--format', '{{.State.Health.Status}} {{.Config.User}}', service];
      await until(`${service} is well`, async () => (await docker(state)).trimEnd() === health.trimEnd(), limits);
      log(`${service} is well`);
    }
    await until(
      'the worker came in',
      async () => (await docker(['logs', 'worker'])).includes('works for http://api:7766'),
      limits,
    );
    const ready = await docker(['exec', 'api', 'flotilla', 'health', '--output', 'json']);
    log(`the worker came in, and ${ready.replaceAll(/\s+/g, ' ').trim()}`);
    log('passed');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The lab's root, which debootstrap made, and the machine's redis under its own name. */
async function baseInto(engine: string[], base: string, scratch: string): Promise<void> {
  const extra = join(scratch, 'extra');
  mkdirSync(join(extra, 'usr/local/bin'), { recursive: true });
  for (const name of ['redis-check-rdb', 'redis-cli'])
    copyFileSync(join('/usr/bin', name), join(extra, 'usr/local/bin', name === 'redis-cli' ? name : 'redis-server'));
  const libraries = (await must(['ldd', '/usr/bin/redis-check-rdb'])).matchAll(/=> (\/\S+)/g);
  for (const [, file = ''] of libraries) {
    if (/\/(?:libc|libm|ld-linux)[.-]/.test(file)) continue;
    mkdirSync(join(extra, 'usr/local/lib'), { recursive: true });
    copyFileSync(file, join(extra, 'usr/local/lib', basename(file)));
  }
  writeFileSync(join(extra, 'Dockerfile'), 'FROM flotilla-debian\nENV LD_LIBRARY_PATH=/usr/local/lib\nCOPY usr /usr\n');
  const leftOut = ['./var/cache', './usr/share/doc', './usr/bin/dockerd'].map((path) => `--exclude=${path}`).join(' ');
  const script = `tar -C "$0" ${leftOut} -c . | "$@" import - flotilla-debian`;
  await must(['sh', '-c', script, base, ...engine], { timeoutMs: 300_000 });
  await must([...engine, 'build', '-t', 'flotilla-base', extra], { timeoutMs: 300_000 });
}
