import { spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './http.ts';
import { explainedBy, until } from '../wait.ts';

const serveScript = join(import.meta.dirname, 'serve.sh');

/**
 * Debian's docker-registry in the switch's namespace, twice over one storage: plain HTTP on port 5000 as the engines'
 * mirror, and TLS on 443 in the name of the public registry, which engines ask when the mirror has not the image.
 * Gives the pids of both.
 */
export async function startRegistry(lab: {
  folder: string;
  root: string;
  namespace: string;
  address: string;
}): Promise<number[]> {
  await mkdir(join(lab.folder, 'storage'), { recursive: true });
  const logFile = join(lab.folder, 'registry.log');
  const log = await open(logFile, 'a');
  try {
    const pids = [];
    for (const kind of ['mirror', 'public'] as const) {
      await writeFile(join(lab.folder, `${kind}.yml`), configOf(kind, lab.address));
      const enter = ['--net=' + lab.namespace, 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
      const child = spawn('nsenter', [...enter, 'sh', serveScript, lab.root, lab.folder, `${kind}.yml`], {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      child.unref();
      if (child.pid !== undefined) pids.push(child.pid);
    }
    const url = `http://${lab.address}:5000/v2/`;
    await explainedBy(
      logFile,
      until('the registry answers', () => answers(url), { limitMs: 15_000 }),
    );
    return pids;
  } finally {
    await log.close();
  }
}

const answers = (url: string): Promise<boolean> =>
  ask(url, { timeoutMs: 1000 }).then(
    (answer) => answer.status === 200,
    () => false,
  );

function configOf(kind: 'mirror' | 'public', address: string): string {
  const http =
    kind === 'mirror'
      ? { addr: `${address}:5000` }
      : {
          addr: `${address}:443`,
          tls: { certificate: '/mnt/registry.crt', key: '/mnt/registry.key' },
        };
  // JSON is YAML.
  return JSON.stringify({
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: '/mnt/storage' }, delete: { enabled: true } },
    http: { ...http, secret: 'lab' },
  });
}
