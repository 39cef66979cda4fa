import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '#lab/run.ts';
import type { Lab, LabHost } from '#lab/types.ts';
import { network, type Prepared } from '../form/way.ts';

const image = 'busybox:latest';
const nameOf = (host: LabHost): string => `bench-${host.name}`;

/** What people do by hand: a container on each host, and for each pair one `docker exec … ping` over a new SSH login. */
export async function prepareNaive(lab: Lab): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-naive-'));
  const knownHosts = join(folder, 'known_hosts');
  const addresses = lab.hosts.map(({ address }) => address);
  writeFileSync(knownHosts, await must(['ssh-keyscan', '-t', 'ed25519', ...addresses]));
  const options = ['UserKnownHostsFile=' + knownHosts, 'StrictHostKeyChecking=yes', 'BatchMode=yes'];
  const ssh = ['ssh', '-F', 'none', '-i', lab.sshKeyFile, ...options.flatMap((option) => ['-o', option])];
  await Promise.all(
    lab.hosts.map((host) =>
      must([
        ...ssh,
        `root@${host.address}`,
        `docker run -d --network ${network} --name ${nameOf(host)} ${image} sleep 3600`,
      ]),
    ),
  );
  return {
    form: async () => {
      for (const from of lab.hosts) {
        for (const to of lab.hosts) {
          if (to === from) continue;
          await must([...ssh, `root@${from.address}`, `docker exec ${nameOf(from)} ping -c 1 ${nameOf(to)}`]);
        }
      }
    },
    close: async () => {
      await Promise.all(lab.hosts.map((host) => host.exec(['docker', 'rm', '-f', nameOf(host)])));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
