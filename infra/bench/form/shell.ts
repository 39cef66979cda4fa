import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '#lab/run.ts';
import type { Lab } from '#lab/types.ts';
import { network, type Prepared } from './way.ts';

const script = new URL('form-swarm.sh', import.meta.url).pathname;

/** The shell way, by a good admin: OpenSSH with known host keys, the joins in parallel (`form-swarm.sh`). */
export async function prepareShell(lab: Lab): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-shell-'));
  const close = (): Promise<void> => Promise.resolve(rmSync(folder, { recursive: true, force: true }));
  const addresses = lab.hosts.map((host) => host.address);
  try {
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(knownHosts, await must(['ssh-keyscan', '-t', 'ed25519', ...addresses]));
    return {
      form: async () => {
        await must(['sh', script, lab.sshKeyFile, knownHosts, network, ...addresses]);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
