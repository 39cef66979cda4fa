import { labPaths } from '../paths.ts';
import { run } from '../run.ts';
import { LabRefusal } from '../types.ts';
import type { Fault, FaultSite } from './types.ts';

const callIptables = '/proc/sys/net/bridge/bridge-nf-call-iptables';

/**
 * The network between the hosts swallows a port, as software networks do that use VXLAN themselves; no rule of any host
 * shows it. The rules are in the switch's namespace, by the host's own iptables: the machine may have none.
 */
export const portEaten: Fault = {
  says: 'let the network swallow a port to and from the host (udp/4789), where no host sees it',
  reads: ['port'],
  async inject(site, { port = 'udp/4789' }) {
    await inSwitch(site, ['sh', '-c', `echo 1 >${callIptables}`]);
    for (const rule of rulesOf(site, port)) await inSwitch(site, ['iptables', '--wait', '-A', ...rule]);
  },
  async heal(site, { port = 'udp/4789' }) {
    for (const rule of rulesOf(site, port)) await inSwitch(site, ['iptables', '--wait', '-D', ...rule]);
    const left = await inSwitch(site, ['iptables', '--list-rules', 'FORWARD']);
    if (!left.includes('-A FORWARD')) await inSwitch(site, ['sh', '-c', `echo 0 >${callIptables}`]);
  },
  async isThere(site, { port = 'udp/4789' }) {
    const listed = await inSwitch(site, ['iptables', '--list-rules', 'FORWARD']);
    return listed.includes(`-d ${site.addressOf(site.host.name)}/32 -p ${port.split('/')[0] ?? ''}`);
  },
};

function rulesOf({ host, addressOf }: FaultSite, port: string): string[][] {
  const [, protocol = '', number = ''] = /^(tcp|udp)\/(\d{1,5})$/.exec(port) ?? [];
  if (number === '' && port !== 'esp') throw new LabRefusal(`"${port}" is no port: say udp/4789 or esp.`);
  const what = number === '' ? ['-p', 'esp'] : ['-p', protocol, '--dport', number];
  return ['-d', '-s'].map((end) => ['FORWARD', end, addressOf(host.name), ...what, '-j', 'DROP']);
}

async function inSwitch({ lab, host }: FaultSite, argv: string[]): Promise<string> {
  const { switchNamespace } = labPaths(lab.id);
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  const entered = ['nsenter', `--target=${host.pid}`, '--mount', `--net=${switchNamespace}`, ...argv];
  const { code, stdout, stderr } = await run(entered, { env });
  if (code === 0) return stdout;
  throw new Error(`${argv.join(' ')} in the switch ended with ${code}: ${stderr.trim()}`);
}
