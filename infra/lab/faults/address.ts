import { machineLink } from '../network/links.ts';
import { addressesOf } from '../network/subnet.ts';
import type { Fault, FaultSite } from './types.ts';

/** Far from what hosts (.1 on), switch and machine have: a lab with this fault has at most 100 hosts. */
const otherOffset = 100;

const otherAddress = ({ lab, host }: FaultSite): string => addressesOf(lab.number).host(host.index + otherOffset);

const sourceToward = async ({ lab, inHost }: FaultSite): Promise<string> => {
  const { stdout } = await inHost(['ip', '-oneline', 'route', 'get', addressesOf(lab.number).switchAddress]);
  return / src (\S+)/.exec(stdout)?.[1] ?? '';
};

/** Packets of the data path leave with it as well, and peers drop those that come from an address that they do not know. */
export const otherSource: Fault = {
  says: 'send from a second address of eth0 (10.79.N.10x) instead of the one that is advertised',
  reads: [],
  async inject(site) {
    const { subnet } = addressesOf(site.lab.number);
    await site.inHost(['ip', 'address', 'add', `${otherAddress(site)}/24`, 'dev', 'eth0']);
    await site.inHost(['ip', 'route', 'replace', subnet, 'dev', 'eth0', 'src', otherAddress(site)]);
  },
  async heal(site) {
    const { subnet } = addressesOf(site.lab.number);
    await site.inHost(['ip', 'route', 'replace', subnet, 'dev', 'eth0', 'src', site.addressOf(site.host.name)]);
    await site.inHost(['ip', 'address', 'del', `${otherAddress(site)}/24`, 'dev', 'eth0']);
  },
  isThere: async (site) => (await sourceToward(site)) === otherAddress(site),
};

/** In the range that docker_gwbridge takes next, where docker0 has 172.17.0.0/16; reached by the default route only. */
const wayIn = (lab: FaultSite['lab']): string => `172.18.${lab.number}.254`;

/**
 * Whoever comes in has an address of Docker's own ranges. Nothing is broken until the host joins a swarm: then
 * docker_gwbridge takes 172.18.0.0/16, and the answers go there. The registry stays in reach, being on the link.
 */
export const wayInTaken: Fault = {
  says: 'let the machine come in from 172.18.N.254, which docker_gwbridge will take when a swarm is formed',
  reads: [],
  async inject({ lab, host, inHost, onMachine, addressOf }) {
    const link = machineLink(lab.number);
    await inHost(['ip', 'route', 'replace', 'default', 'via', addressesOf(lab.number).gateway]);
    await onMachine(['ip', 'address', 'replace', `${wayIn(lab)}/32`, 'dev', link]);
    await onMachine(['ip', 'route', 'replace', `${addressOf(host.name)}/32`, 'dev', link, 'src', wayIn(lab)]);
  },
  async heal({ lab, host, inHost, onMachine, addressOf }) {
    const link = machineLink(lab.number);
    await onMachine(['ip', 'route', 'del', `${addressOf(host.name)}/32`, 'dev', link]);
    await inHost(['ip', 'route', 'replace', 'default', 'via', addressesOf(lab.number).switchAddress]);
    const { stdout } = await onMachine(['ip', 'route', 'show', 'dev', link]);
    if (!stdout.includes(wayIn(lab))) await onMachine(['ip', 'address', 'del', `${wayIn(lab)}/32`, 'dev', link]);
  },
  async isThere({ lab, host, onMachine, addressOf }) {
    const { stdout } = await onMachine(['ip', 'route', 'get', addressOf(host.name)]);
    return stdout.includes(`src ${wayIn(lab)}`);
  },
};
