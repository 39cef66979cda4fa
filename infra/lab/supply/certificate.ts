import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must } from '../run.ts';

/** Names that engines ask when the mirror has not the image; the lab's registry answers for them. */
export const publicRegistryNames = ['registry-1.docker.io', 'index.docker.io', 'auth.docker.io'];

/** Makes `registry.crt` and `registry.key` in a folder: a certificate of this lab only, for the public registry's names. */
export async function makeCertificate(root: string, folder: string): Promise<void> {
  const names = publicRegistryNames.map((name) => `DNS:${name}`).join(',');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '-'];
  const subject = ['-subj', '/CN=flotilla-lab', '-addext', `subjectAltName=${names}`, '-days', '3650'];
  const pem = await must(['chroot', root, 'openssl', 'req', '-x509', ...key, ...subject]);
  const [privateKey = '', certificate = ''] = pem.split(/(?=-----BEGIN CERTIFICATE-----)/);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'registry.key'), privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'registry.crt'), certificate);
}

/** Writes the certificates that a host trusts: those of its root file system, and the lab's. */
export async function trustCertificate(hostRoot: string, folder: string, to: string): Promise<void> {
  const bundle = 'etc/ssl/certs/ca-certificates.crt';
  await mkdir(join(to, 'etc/ssl/certs'), { recursive: true });
  const [usual, ours] = await Promise.all(
    [join(hostRoot, bundle), join(folder, 'registry.crt')].map((file) => readFile(file)),
  );
  await writeFile(join(to, bundle), Buffer.concat([usual, ours].filter((part) => part !== undefined)));
}
