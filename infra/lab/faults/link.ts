import { LabRefusal } from '../types.ts';
import { hostPaths, labPaths } from '../paths.ts';
import { until } from '../wait.ts';
import type { Fault } from './types.ts';

const mtuUsual = 1500;
const ethernetHeaderBytes = 14;
const sizeUsual = 1400;

/** The host knows of its small MTU: it answers what is too large with "fragmentation needed". */
export const mtu: Fault = {
  says: 'lower the MTU of the host’s link (size, 1400)',
  reads: ['size'],
  async inject({ inHost }, { size = sizeUsual }) {
    await inHost(['ip', 'link', 'set', 'eth0', 'mtu', String(size)]);
  },
  async heal({ inHost }) {
    await inHost(['ip', 'link', 'set', 'eth0', 'mtu', String(mtuUsual)]);
  },
  async isThere({ inHost }, { size = sizeUsual }) {
    return (await inHost(['ip', 'link', 'show', 'eth0'])).stdout.includes(` mtu ${size} `);
  },
};

/**
 * Nobody knows: the cable to the host loses what is larger than `size`, both ways. A port of the bridge takes no frame
 * above its MTU; bundles that the kernel would cut later pass that test, so the host cuts them itself (offloads off),
 * and towards the host a queue cuts or loses them by the size of their parts.
 */
export const mtuBlackhole: Fault = {
  says: 'lose packets larger than size (1400) without a word, both ways',
  reads: ['size'],
  async inject({ host, inHost, inSwitch }, { size = sizeUsual }) {
    const frame = String(size + ethernetHeaderBytes);
    await inHost(['ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off']);
    await inSwitch(['ip', 'link', 'set', host.name, 'mtu', String(size)]);
    const rates = ['rate', '8gbit', 'burst', '1mb', 'limit', '64mb', 'peakrate', '16gbit', 'mtu', frame];
    await inSwitch(['tc', 'qdisc', 'replace', 'dev', host.name, 'root', 'handle', '1:', 'tbf', ...rates]);
  },
  async heal({ host, inHost, inSwitch }) {
    await inSwitch(['ip', 'link', 'set', host.name, 'mtu', String(mtuUsual)]);
    await inSwitch(['tc', 'qdisc', 'del', 'dev', host.name, 'root']);
    await inHost(['ethtool', '-K', 'eth0', 'tso', 'on', 'gso', 'on']);
  },
  async isThere({ host, inSwitch }, { size = sizeUsual }) {
    return (await inSwitch(['ip', 'link', 'show', host.name])).stdout.includes(` mtu ${size} qdisc tbf`);
  },
};

export const linkDown: Fault = {
  says: 'pull the cable: the host is cut off',
  reads: [],
  async inject({ host, inSwitch }) {
    await inSwitch(['ip', 'link', 'set', host.name, 'down']);
  },
  async heal({ host, inSwitch }) {
    await inSwitch(['ip', 'link', 'set', host.name, 'up']);
    await until('the link is up', async () => {
      const { stdout } = await inSwitch(['ip', '-oneline', 'link', 'show', host.name]);
      return stdout.includes('state UP');
    });
  },
  async isThere({ host, inSwitch }) {
    return (await inSwitch(['ip', 'link', 'show', host.name])).stdout.includes('state DOWN');
  },
};

export const secondNic: Fault = {
  says: 'add a second interface eth1, 10.78.255.N, that no other host reaches',
  reads: [],
  async inject({ lab, host, inHost, inSwitch }) {
    const { namespace } = hostPaths(labPaths(lab.id), host.name);
    const far = `${host.name}-far`;
    await inSwitch(['ip', 'link', 'add', far, 'type', 'veth', 'peer', 'name', 'eth1', 'netns', namespace]);
    await inSwitch(['ip', 'link', 'set', far, 'up']);
    await inHost(['ip', 'address', 'add', `10.78.255.${host.index}/24`, 'dev', 'eth1']);
    await inHost(['ip', 'link', 'set', 'eth1', 'up']);
  },
  async heal({ inHost }) {
    await inHost(['ip', 'link', 'del', 'eth1']);
  },
  async isThere({ ask }) {
    return (await ask(['ip', 'link', 'show', 'eth1'])).code === 0;
  },
};

export const route: Fault = {
  says: 'add a host route to cidr, as a VPN or another network would',
  reads: ['cidr'],
  needs: ['cidr'],
  async inject({ inHost }, options) {
    await inHost(['ip', 'route', 'add', cidrOf(options.cidr), 'dev', 'eth0']);
  },
  async heal({ inHost }, options) {
    await inHost(['ip', 'route', 'del', cidrOf(options.cidr), 'dev', 'eth0']);
  },
  async isThere({ inHost }, options) {
    return (await inHost(['ip', 'route', 'show', cidrOf(options.cidr), 'dev', 'eth0'])).stdout !== '';
  },
};

function cidrOf(text = ''): string {
  if (/^[\d.]+\/\d{1,2}$/.test(text)) return text;
  throw new LabRefusal(`"${text}" is no network: say 10.200.0.0/16.`);
}
