import { readFrom, sizeOf } from '../host/engine-log.ts';
import { signal } from '../host/engine.ts';
import { hostPaths, labPaths } from '../paths.ts';
import { until } from '../wait.ts';
import type { Fault, FaultSite } from './types.ts';

const keys = '/etc/ssh';
const kept = '/etc/ssh/kept';
const types = ['ed25519', 'ecdsa'];

export const hostKey: Fault = {
  says: 'give the host new SSH host keys',
  reads: [],
  async inject(site) {
    await site.inHost(['mkdir', '-p', kept]);
    for (const type of types) {
      const file = `ssh_host_${type}_key`;
      await site.inHost(['mv', `${keys}/${file}`, `${keys}/${file}.pub`, kept]);
      await site.inHost(['ssh-keygen', '-q', '-t', type, '-N', '', '-f', `${keys}/${file}`]);
    }
    await reload(site);
  },
  async heal(site) {
    for (const type of types) {
      const file = `ssh_host_${type}_key`;
      await site.inHost(['mv', '-f', `${kept}/${file}`, `${kept}/${file}.pub`, keys]);
    }
    await site.inHost(['rmdir', kept]);
    await reload(site);
  },
  isThere: async (site) => (await site.ask(['test', '-d', kept])).code === 0,
};

export const keyRefused = sshdSetting('refuse the lab’s key for every user', 'key-refused', 'AuthorizedKeysFile none');

export const noStreamLocal = sshdSetting(
  'sshd forbids forwarding to unix sockets (AllowStreamLocalForwarding no)',
  'no-stream-local',
  'AllowStreamLocalForwarding no',
);

export const noForwarding = sshdSetting(
  'sshd forbids every forwarding (DisableForwarding yes)',
  'no-forwarding',
  'DisableForwarding yes',
);

function sshdSetting(says: string, name: string, line: string): Fault {
  return {
    says,
    reads: [],
    inject: (site) => configure(site, name, line),
    heal: (site) => configure(site, name),
    // Newer ones leave out of `sshd -T` what is set to none.
    isThere: async (site) => (await site.ask(['grep', '-qxF', line, fileOf(name)])).code === 0,
  };
}

const fileOf = (name: string): string => `/etc/ssh/sshd_config.d/${name}.conf`;

/** One file per fault beside the stock configuration; open sessions keep what they have. */
async function configure(site: FaultSite, name: string, line?: string): Promise<void> {
  const file = fileOf(name);
  await (line === undefined ? site.inHost(['rm', '-f', file]) : site.inHost(['tee', file], { stdin: `${line}\n` }));
  await reload(site);
}

/** sshd reads keys and configuration again at SIGHUP, by executing itself anew; its log tells when that is done. */
async function reload({ lab, host }: FaultSite): Promise<void> {
  const { sshLog } = hostPaths(labPaths(lab.id), host.name);
  const mark = await sizeOf(sshLog);
  await signal(host.pid, 'sshd', 'HUP');
  await until('sshd listens again', async () => (await readFrom(sshLog, mark)).includes('Server listening'));
}
