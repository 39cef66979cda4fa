import { spawn } from 'node:child_process';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './http.ts';
import { labLogin } from '../types.ts';
import { explainedBy, until } from '../wait.ts';

const serveScript = join(import.meta.dirname, 'serve.sh');

const kinds = ['mirror', 'private', 'public'] as const;

/** `labLogin` as htpasswd writes it: it guards what everybody on this machine may have. */
const loginLine = `${labLogin.username}:$2b$04$abcdefghijklmnopqrstuu5dmQnrFl/3wSa0k6pVzhaIZypD98mk.\n`;

/**
 * Debian's docker-registry in the switch's namespace, three times over one storage: plain HTTP on port 5000 as the
 * engines' mirror, on 5001 behind a login, and TLS on 443 in the name of the public registry, which engines ask when the
 * mirror has not the image. Gives the pids.
 */
export async function startRegistry(lab: {
  folder: string;
  root: string;
  namespace: string;
  address: string;
}): Promise<number[]> {
  await mkdir(join(lab.folder, 'storage'), { recursive: true });
  const logFile = join(lab.folder, 'registry.log');
  await writeFile(join(lab.folder, 'htpasswd'), loginLine);
  const log = await open(logFile, 'a');
  try {
    const pids = [];
    for (const kind of kinds) {
      await writeFile(join(lab.folder, `${kind}.yml`), configOf(kind, lab.address));
      const enter = ['--net=' + lab.namespace, 'unshare', '--mount', '--pid', '--fork', '--kill-child'];
      const child = spawn('nsenter', [...enter, 'sh', serveScript, lab.root, lab.folder, `${kind}.yml`], {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      child.unref();
      if (child.pid !== undefined) pids.push(child.pid);
    }
    const answered = Promise.all([answers(`${lab.address}:5000`, 200), answers(`${lab.address}:5001`, 401)]);
    await explainedBy(logFile, answered);
    return pids;
  } finally {
    await log.close();
  }
}

function answers(address: string, wanted: number): Promise<unknown> {
  const look = (): Promise<boolean> =>
    ask(`http://${address}/v2/`, { timeoutMs: 1000 }).then(
      ({ status }) => status === wanted,
      () => false,
    );
  return until(`the registry on ${address} answers`, look, { limitMs: 15_000 });
}

function configOf(kind: (typeof kinds)[number], address: string): string {
  const { http, auth } = {
    mirror: { http: { addr: `${address}:5000` }, auth: {} },
    private: {
      http: { addr: `${address}:5001` },
      auth: { auth: { htpasswd: { realm: 'lab', path: '/mnt/htpasswd' } } },
    },
    public: {
      http: { addr: `${address}:443`, tls: { certificate: '/mnt/registry.crt', key: '/mnt/registry.key' } },
      auth: {},
    },
  }[kind];
  // JSON is YAML.
  return JSON.stringify({
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: '/mnt/storage' }, delete: { enabled: true } },
    http: { ...http, secret: 'lab' },
    ...auth,
  });
}
