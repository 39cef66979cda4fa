import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must } from '../run.ts';

/** A base of Debian's busybox with the C library: shell, ping, wget, nslookup, nc, ip, httpd. */
export async function makeBusyboxTree(root: string, tree: string): Promise<void> {
  for (const name of [
    'usr/bin',
    'usr/sbin',
    'usr/lib',
    'usr/lib64',
    'etc',
    'root',
    'tmp',
    'run',
    'var/log',
    'proc',
    'sys',
    'dev',
  ]) {
    await mkdir(join(tree, name), { recursive: true });
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(tree, name));
  await must(['chmod', '1777', join(tree, 'tmp')]);
  await takeProgram(root, tree, '/usr/bin/busybox');
  const applets = (await must(['chroot', root, '/usr/bin/busybox', '--list'])).trim().split('\n');
  const own = applets.filter((name) => name !== 'busybox');
  await Promise.all(own.map((name) => symlink('busybox', join(tree, 'usr/bin', name))));
  await writeFile(
    join(tree, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/nonexistent:/bin/false\nnobody:x:65534:65534::/nonexistent:/bin/false\n',
  );
  await writeFile(join(tree, 'etc/group'), 'root:x:0:\nnginx:x:101:\nnogroup:x:65534:\n');
  await writeFile(join(tree, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/** What Debian's nginx adds to the base; it logs to the container's output, as the public image does. */
export async function makeNginxTree(root: string, tree: string): Promise<void> {
  for (const name of ['usr', 'usr/lib', 'usr/lib64']) await mkdir(join(tree, name), { recursive: true });
  for (const name of ['var/log/nginx', 'var/lib/nginx', 'etc/nginx', 'usr/share/nginx/html', 'run']) {
    await mkdir(join(tree, name), { recursive: true });
  }
  await takeProgram(root, tree, '/usr/sbin/nginx');
  await cp(join(root, 'etc/nginx/mime.types'), join(tree, 'etc/nginx/mime.types'));
  await cp(join(root, 'usr/share/nginx/html/index.html'), join(tree, 'usr/share/nginx/html/index.html'));
  await writeFile(join(tree, 'etc/nginx/nginx.conf'), nginxConfig);
  await symlink('/dev/stdout', join(tree, 'var/log/nginx/access.log'));
  await symlink('/dev/stderr', join(tree, 'var/log/nginx/error.log'));
}

const nginxConfig = `user nginx nginx;
worker_processes 1;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events { worker_connections 512; }
http {
  include /etc/nginx/mime.types;
  access_log /var/log/nginx/access.log;
  server {
    listen 80;
    listen [::]:80;
    root /usr/share/nginx/html;
    add_header X-Served-By $hostname always;
  }
}
`;

/** Copies a program with every library that it needs, as real files under the names that are asked for. */
async function takeProgram(root: string, tree: string, program: string): Promise<void> {
  const listed = await must(['chroot', root, 'ldd', program]);
  const libraries = [...listed.matchAll(/(\/[^\s()]+)/g)].map((match) => match[1] ?? '');
  for (const path of [program, ...libraries]) {
    // `/lib` and `/lib64` are links into `/usr` in both trees.
    const target = join(tree, path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/'));
    await mkdir(dirname(target), { recursive: true });
    await must(['cp', '-L', '--preserve=mode', join(root, path), target]);
  }
}
