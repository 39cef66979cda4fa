import { until } from '../wait.ts';
import { configureEngine } from './engine.ts';
import type { Fault, FaultOptions, FaultSite } from './types.ts';

/** Engines let a debugger into their network database here, when they are told to; on the loopback address only. */
const port = 2000;
const key = 'stale'.padEnd(64, '0');
const table = 'endpoint_table';

/**
 * The record of a task that is no more, written into the engine's own network database, from where gossip carries it:
 * every other node of the network then answers `tasks.<service>` with an address that nobody has.
 */
export const staleDns: Fault = {
  says: 'leave a record of a task that is gone in the names of a network (network, service), for all other nodes',
  reads: ['network', 'service'],
  needs: ['network', 'service'],
  async inject(site, options) {
    await configureEngine(site, { 'network-diagnostic-port': port });
    const record = recordOf(options.service ?? '', await unusedAddress(site, options));
    await until('the network database answers', () => isOpen(site));
    await call(site, 'createentry', options, { value: record.toString('base64') });
  },
  async heal(site, options) {
    if (await isOpen(site)) await call(site, 'deleteentry', options, {});
    await configureEngine(site, { 'network-diagnostic-port': 0 });
    await until('the network database is closed again', async () => !(await isOpen(site)));
  },
  async isThere(site, options) {
    return (await isOpen(site)) && (await call(site, 'gettable', options, {})).includes(`"key":"${key}"`);
  },
};

const isOpen = async ({ ask }: FaultSite): Promise<boolean> =>
  (await ask(['busybox', 'wget', '-qO-', `http://127.0.0.1:${port}/ready`])).code === 0;

async function call(
  { inHost }: FaultSite,
  verb: 'createentry' | 'deleteentry' | 'gettable',
  { network = '' }: FaultOptions,
  more: Record<string, string>,
): Promise<string> {
  const { stdout: id } = await inHost(['docker', 'network', 'inspect', '--format', '{{.Id}}', network]);
  const query = new URLSearchParams({ nid: id.trim(), tname: table, ...(verb === 'gettable' ? {} : { key }), ...more });
  const { stdout } = await inHost([
    'busybox',
    'wget',
    '-qO-',
    `http://127.0.0.1:${port}/${verb}?${query.toString()}&json`,
  ]);
  return stdout;
}

/** High in the network's range, where no task of a small test comes to. */
async function unusedAddress({ inHost }: FaultSite, { network = '' }: FaultOptions): Promise<string> {
  const format = '{{(index .IPAM.Config 0).Subnet}}';
  const { stdout } = await inHost(['docker', 'network', 'inspect', '--format', format, network]);
  return stdout.trim().replace(/\d+\/\d+$/, '250');
}

/** libnetwork's EndpointRecord, in protobuf: name, service's name and id, no virtual IP, address, alias. */
function recordOf(service: string, address: string): Buffer {
  const field = (number: number, text: string): Buffer => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
  };
  return Buffer.concat([
    field(1, `${service}.0.stale`),
    field(2, service),
    field(3, 'stale'),
    field(4, '<nil>'),
    field(5, address),
    field(8, 'stale'),
  ]);
}
