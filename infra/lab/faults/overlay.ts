import type { Fault, FaultOptions, FaultSite } from './types.ts';

/** The bridge of an overlay, in its namespace on the host, which joins the VXLAN device and the containers. */
const bridge = 'br0';

/** What comes over the data path arrives on the host and goes no further. */
export const bridgeDown: Fault = {
  says: 'take down the bridge of an overlay network (network) in its namespace on the host',
  reads: ['network'],
  needs: ['network'],
  async inject(site, options) {
    await inNamespace(site, options, ['ip', 'link', 'set', bridge, 'down']);
  },
  async heal(site, options) {
    await inNamespace(site, options, ['ip', 'link', 'set', bridge, 'up']);
  },
  async isThere(site, options) {
    return !/<[^>]*\bUP\b/.test(await inNamespace(site, options, ['ip', '-oneline', 'link', 'show', bridge]));
  },
};

/** Engines name it `1-` and the first ten letters of the network's id. */
async function inNamespace({ inHost }: FaultSite, { network = '' }: FaultOptions, argv: string[]): Promise<string> {
  const { stdout: id } = await inHost(['docker', 'network', 'inspect', '--format', '{{.Id}}', network]);
  return (await inHost(['nsenter', `--net=/var/run/docker/netns/1-${id.slice(0, 10)}`, ...argv])).stdout;
}
