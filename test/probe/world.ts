import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { probeImage } from '#workers/probe/image.ts';
import { join, makeNamespace, removeNamespace } from './namespaces.ts';
import type { Namespace } from './namespaces.ts';

const run = promisify(execFile);

/** Chroot, namespaces and raw sockets: Linux and root. */
export const canRun = process.platform === 'linux' && process.getuid?.() === 0;

/**
 * Three namespaces in a row: `near` (10.9.1.2, fd09:1::2, with a nameserver) — `router` — `far` (10.9.2.2 and .3,
 * fd09:2::2, with a web server on .2). What goes to 10.9.3.0/24 vanishes at the router, 10.9.4.0/24 it refuses.
 */
export interface World {
  root: string;
  near: Namespace;
  router: Namespace;
  far: Namespace;
  remove(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const folder = await mkdtemp(path(tmpdir(), 'flotilla-probe-test-'));
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true })];
  const remove = async (): Promise<void> => {
    for (const each of undo.splice(0).reverse()) await each();
  };
  try {
    return { ...(await build(path(folder, 'root'), undo)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function build(root: string, undo: (() => Promise<void>)[]): Promise<Omit<World, 'remove'>> {
  await unpackImage((await probeImage('amd64')).path, root);
  await writeFile(path(root, 'etc/resolv.conf'), 'nameserver 127.0.0.1\noptions ndots:0\n');
  await writeFile(path(root, 'etc/hosts'), '127.0.0.1 localhost\n10.9.2.2 far-host far # a comment\n');
  const [near, router, far] = await Promise.all([makeNamespace(), makeNamespace(), makeNamespace()]);
  undo.push(async () => void (await Promise.all([near, router, far].map(removeNamespace))));
  await connect(near, router, far);
  const servers = await Promise.all([
    serve(near, new URL('./dns-server.ts', import.meta.url)),
    serve(far, new URL('./http-server.ts', import.meta.url)),
  ]);
  undo.push(async () => void (await Promise.all(servers.map(endServer))));
  return { root, near, router, far };
}

async function connect(near: Namespace, router: Namespace, far: Namespace): Promise<void> {
  await join(
    { namespace: near, name: 'wire', addresses: ['10.9.1.2/24', 'fd09:1::2/64'] },
    { namespace: router, name: 'near', addresses: ['10.9.1.1/24', 'fd09:1::1/64'] },
  );
  await join(
    { namespace: far, name: 'wire', addresses: ['10.9.2.2/24', '10.9.2.3/24', 'fd09:2::2/64'] },
    { namespace: router, name: 'far', addresses: ['10.9.2.1/24', 'fd09:2::1/64'] },
  );
  const forward = 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding';
  await router.run('sh', '-c', forward);
  await router.run('ip', 'route', 'add', 'blackhole', '10.9.3.0/24');
  await router.run('ip', 'route', 'add', 'unreachable', '10.9.4.0/24');
  await near.run('ip', 'route', 'add', 'default', 'via', '10.9.1.1');
  await near.run('ip', '-6', 'route', 'add', 'default', 'via', 'fd09:1::1');
  await far.run('ip', 'route', 'add', 'default', 'via', '10.9.2.1');
  await far.run('ip', '-6', 'route', 'add', 'default', 'via', 'fd09:2::1');
}

async function serve(namespace: Namespace, script: URL): Promise<ChildProcess> {
  const [program = '', ...args] = namespace.inside([process.execPath, fileURLToPath(script)]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function endServer(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}

/** Unpacks the layer of an archive, as an engine would. */
export async function unpackImage(archive: string, root: string): Promise<void> {
  const folder = await mkdtemp(path(tmpdir(), 'flotilla-unpack-'));
  await run('tar', ['-xzf', archive, '-C', folder]);
  const manifest: { Layers: string[] }[] = JSON.parse(await readFile(path(folder, 'manifest.json'), 'utf8'));
  await mkdir(root);
  for (const layer of manifest[0]?.Layers ?? []) await run('tar', ['-xf', path(folder, layer), '-C', root]);
  await rm(folder, { recursive: true });
}
