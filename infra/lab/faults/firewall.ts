import { LabRefusal } from '../types.ts';
import type { ActiveFault, Fault, FaultOptions, FaultSite, PortFaultName } from './types.ts';

/**
 * Blocked ports. The rules live in two chains of ours, called first from INPUT and OUTPUT of the host; both chains are
 * written anew with every change, and go with the last rule. They hit new and established connections alike.
 */
const blocked: Record<PortFaultName, { says: string; ports: string[] }> = {
  vxlan: { says: 'UDP 4789, the data path of overlays', ports: ['udp/4789'] },
  gossip: { says: 'TCP and UDP 7946, the gossip of networks', ports: ['tcp/7946', 'udp/7946'] },
  'gossip-udp': { says: 'UDP 7946', ports: ['udp/7946'] },
  'gossip-tcp': { says: 'TCP 7946', ports: ['tcp/7946'] },
  'manager-port': { says: 'TCP 2377, where managers listen', ports: ['tcp/2377'] },
  'ssh-port': { says: 'TCP 22', ports: ['tcp/22'] },
  port: { says: 'the port that is named (udp/7789, tcp/8080, esp)', ports: [] },
};

export const portFaults: Record<PortFaultName, Fault> = {
  vxlan: portFault('vxlan'),
  gossip: portFault('gossip'),
  'gossip-udp': portFault('gossip-udp'),
  'gossip-tcp': portFault('gossip-tcp'),
  'manager-port': portFault('manager-port'),
  'ssh-port': portFault('ssh-port'),
  port: { ...portFault('port'), reads: ['port', 'direction', 'peer', 'reject'], needs: ['port'] },
};

const chains = { in: 'FLOTILLA-LAB-IN', out: 'FLOTILLA-LAB-OUT' };
const hooks = { in: 'INPUT', out: 'OUTPUT' };
const ways = ['in', 'out'] as const;
type Way = (typeof ways)[number];

function portFault(name: PortFaultName): Fault {
  const says = `block ${blocked[name].says}`;
  const isThere = (site: FaultSite, options: FaultOptions): Promise<boolean> => hasRules(site, { name, options });
  return { says, reads: ['direction', 'peer', 'reject'], inject: writeRules, heal: writeRules, isThere };
}

/** Whether the kernel has every rule of a fault, and comes to our chain. */
async function hasRules(site: FaultSite, fault: ActiveFault): Promise<boolean> {
  const perWay = ways.map(async (way) => {
    const rules = rulesOf(fault, way, site.addressOf).map((rule) => rule.split(' ').slice(1));
    if (rules.length === 0) return true;
    const wanted = [[hooks[way], '--jump', chains[way]], ...rules];
    const found = await Promise.all(wanted.map((rule) => site.ask(['iptables', '--wait', '--check', ...rule])));
    return found.every(({ code }) => code === 0);
  });
  return (await Promise.all(perWay)).every(Boolean);
}

async function writeRules(site: FaultSite): Promise<void> {
  for (const way of ways) {
    const rules = site.active.flatMap((fault) => rulesOf(fault, way, site.addressOf));
    const text = ['*filter', `:${chains[way]} - [0:0]`, ...rules, 'COMMIT', ''].join('\n');
    await site.inHost(['iptables-restore', '--noflush', '--wait'], { stdin: text });
    await setHook(site, way, rules.length > 0);
  }
}

/** Calls our chain first, or not at all and without a trace. */
async function setHook(site: FaultSite, way: Way, wanted: boolean): Promise<void> {
  const jump = [hooks[way], '--jump', chains[way]];
  const listed = await site.inHost(['iptables', '--wait', '--list-rules', hooks[way]]);
  const isThere = listed.stdout.includes(`-j ${chains[way]}`);
  if (wanted && !isThere) await site.inHost(['iptables', '--wait', '--insert', ...jump]);
  if (wanted) return;
  if (isThere) await site.inHost(['iptables', '--wait', '--delete', ...jump]);
  await site.inHost(['iptables', '--wait', '--delete-chain', chains[way]]);
}

/** Rules of one fault in one direction, in iptables' own words; none for a fault of another kind. */
export function rulesOf(fault: ActiveFault, way: Way, addressOf: (host: string) => string): string[] {
  const { name, options } = fault;
  const { direction = 'both', peer, reject = false } = options;
  if (!isPortFault(name) || (direction !== 'both' && direction !== way)) return [];
  const from = peer === undefined ? '' : ` ${way === 'in' ? '-s' : '-d'} ${addressOf(peer)}`;
  return portsOf(name, options).map((port) => {
    const [protocol, number] = port.split('/');
    const match = number === undefined ? '-p esp' : `-p ${protocol} --dport ${number}`;
    const answer = protocol === 'tcp' ? 'REJECT --reject-with tcp-reset' : 'REJECT';
    return `-A ${chains[way]}${from} ${match} -j ${reject ? answer : 'DROP'}`;
  });
}

function portsOf(name: PortFaultName, { port = '' }: FaultOptions): string[] {
  if (name !== 'port') return blocked[name].ports;
  if (/^(?:(?:tcp|udp)\/\d{1,5}|esp)$/.test(port)) return [port];
  throw new LabRefusal(`"${port}" is no port: say udp/7789, tcp/8080 or esp.`);
}

const isPortFault = (name: string): name is PortFaultName => Object.hasOwn(blocked, name);
