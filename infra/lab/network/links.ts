import { writeFile } from 'node:fs/promises';
import { must, run } from '../run.ts';
import { addressesOf } from './subnet.ts';

/**
 * A network namespace of its own carries the bridge, so that neither the machine's firewall nor its forwarding
 * touches what the hosts say to each other. One veth pair, `flab<N>` on this side, is the machine's way in.
 *
 *   machine flab7 .254 ─── machine ┐
 *   host h1 eth0 .1 ─────────── h1 ┼ br0 .253 (registry), in the switch's namespace
 *   host h2 eth0 .2 ─────────── h2 ┘
 */
export const machineLink = (number: number): string => `flab${number}`;

/** Links of a lab on the machine's side: one, or none. */
export async function machineLinks(id: string): Promise<string[]> {
  const lines = (await must(['ip', '-oneline', 'link', 'show'])).split('\n');
  const ours = lines.filter((line) => line.endsWith(`alias ${aliasOf(id)}`) || line.includes(`alias ${aliasOf(id)}\\`));
  return ours.flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);
}

const aliasOf = (id: string): string => `flotilla-lab-${id}`;

/** An empty network namespace, held by a mount on the file `path`. */
export async function makeNamespace(path: string): Promise<void> {
  await writeFile(path, '');
  await must(['unshare', `--net=${path}`, 'ip', 'link', 'set', 'lo', 'up']);
}

/** A plain cable: no firewall, no routing; and every refused name is told at once, not one a second. */
const switchSettings = `cd /proc/sys/net
for setting in bridge/bridge-nf-call-iptables bridge/bridge-nf-call-ip6tables ipv4/ip_forward ipv4/icmp_ratelimit; do
  [ ! -e $setting ] || echo 0 >$setting
done`;

/** Makes the bridge and the machine's way in. */
export async function makeSwitch(lab: { id: string; number: number; namespace: string }): Promise<void> {
  const link = machineLink(lab.number);
  const { gateway, switchAddress } = addressesOf(lab.number);
  await ipIn(lab.namespace, [
    // Without an address of its own a bridge takes the lowest of its ports', and changes it with each host.
    `link add br0 address ${linkAddress({ number: lab.number, index: switchIndex })} type bridge`,
    `addr add ${switchAddress}/24 brd + dev br0`,
    'link set br0 up',
  ]);
  // Engines load this module anyway; loaded later it would make the switch cut packets that are too large.
  await run(['modprobe', '-q', 'br_netfilter']);
  await must(['nsenter', `--net=${lab.namespace}`, 'sh', '-c', switchSettings]);
  await ip([
    `link add ${link} type veth peer name machine netns ${lab.namespace}`,
    `link set ${link} alias ${aliasOf(lab.id)}`,
    `addr add ${gateway}/24 brd + dev ${link}`,
    `link set ${link} up`,
  ]);
  await ipIn(lab.namespace, ['link set machine master br0 up']);
}

/** Plugs a host's namespace into the switch. */
export async function plugHost(host: {
  name: string;
  index: number;
  number: number;
  namespace: string;
  switchNamespace: string;
}): Promise<void> {
  const { host: addressOf, switchAddress } = addressesOf(host.number);
  await ipIn(host.switchNamespace, [
    `link add ${host.name} type veth peer name eth0 address ${linkAddress(host)} netns ${host.namespace}`,
    `link set ${host.name} master br0 up`,
  ]);
  await ipIn(host.namespace, [
    `addr add ${addressOf(host.index)}/24 brd + dev eth0`,
    'link set eth0 up',
    // The switch forwards nothing: a lab host reaches the lab and the machine, never the world.
    `route add default via ${switchAddress}`,
  ]);
}

const switchIndex = 253;

/** The same after a renewal: neighbours remember it, and would send to the old one for half a minute. */
const linkAddress = ({ number, index }: { number: number; index: number }): string =>
  ['02', '4f', '4c', '00', number.toString(16).padStart(2, '0'), index.toString(16).padStart(2, '0')].join(':');

/** Takes a host's port away, when it is there. */
export const unplugHost = async (switchNamespace: string, name: string): Promise<void> => {
  await run(['nsenter', `--net=${switchNamespace}`, 'ip', 'link', 'del', name]);
};

const ip = (commands: string[]): Promise<string> => must(['ip', '-batch', '-'], { stdin: `${commands.join('\n')}\n` });

export const ipIn = (namespace: string, commands: string[]): Promise<string> =>
  must(['nsenter', `--net=${namespace}`, 'ip', '-batch', '-'], { stdin: `${commands.join('\n')}\n` });
