import { anyAlgorithm, type HostKey, sshAddress } from '#core/host.ts';
import type { HostView } from '#core/wire.ts';
import { ago, count } from './duration.ts';
import { noColours } from './paint.ts';
import { pairs, table, type TableOptions } from './table.ts';

/** A pinned key; one that was given as a fingerprint has no algorithm until the host shows it. */
export const keyText = ({ algorithm, fingerprint }: HostKey): string =>
  algorithm === anyAlgorithm ? fingerprint : `${algorithm} ${fingerprint}`;

const seenText = ({ lastSeen }: HostView, nowMs: number): string =>
  lastSeen === null ? 'never' : ago(lastSeen.at, nowMs);

/** A table of hosts. */
export function hostsLines(hosts: HostView[], nowMs: number, options: TableOptions = {}): string[] {
  return table(
    [
      { title: 'HOST' },
      { title: 'ADDRESS', elastic: true },
      { title: 'VIA' },
      { title: 'HOST KEY' },
      { title: 'CLUSTER' },
      { title: 'ENGINE' },
      { title: 'LAST SEEN' },
    ],
    hosts.map((host) => [
      host.name,
      sshAddress(host),
      host.via ?? '-',
      host.hostKeys.length > 0 ? 'pinned' : host.acceptNew ? 'at first contact' : 'not pinned',
      host.cluster ?? '-',
      host.lastSeen?.facts.engine.version ?? '-',
      seenText(host, nowMs),
    ]),
    options,
  );
}

/** Everything known of one host. */
export function hostLines(host: HostView, nowMs: number, options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  const keys = host.hostKeys.map(keyText);
  return [
    paint.bold(host.name),
    ...pairs(
      [
        ['address', sshAddress(host)],
        ['through', host.via ?? 'directly'],
        ['SSH key', host.key],
        ['workers', host.workerLabel === null ? 'all' : `with the label ${host.workerLabel}`],
        ['host keys', keys.length > 0 ? keys.join(', ') : host.acceptNew ? 'pinned at first contact' : 'none pinned'],
        ['cluster', host.cluster ?? 'none'],
        ['last seen', seenText(host, nowMs)],
      ],
      paint,
    ),
    ...(host.lastSeen === null ? [] : factLines(host.lastSeen.facts, options)),
  ];
}

type Facts = NonNullable<HostView['lastSeen']>['facts'];

function factLines({ engine, system, containers }: Facts, options: TableOptions): string[] {
  const paint = options.paint ?? noColours;
  const { swarm } = engine;
  const member =
    swarm.state === 'active' ? `, ${swarm.controlAvailable ? 'manager' : 'worker'} ${swarm.nodeId ?? ''}` : '';
  const advertised = swarm.nodeAddr === null ? '' : `, advertises ${swarm.nodeAddr}`;
  return [
    '',
    ...pairs(
      [
        ['engine', `Docker ${engine.version} (API ${engine.apiVersion})${engine.rootless ? ', rootless' : ''}`],
        ['system', `${engine.os} ${engine.arch}, kernel ${engine.kernel}`],
        ['swarm', `${swarm.state}${member}${advertised}${swarm.error === null ? '' : `: ${swarm.error}`}`],
        [
          'ip_vs',
          system.known
            ? system.value.ipVs
              ? 'yes'
              : 'no: services get DNS round robin'
            : `not known: ${system.reason}`,
        ],
        ['addresses', system.known ? addressesText(system.value.addresses) : `not known: ${system.reason}`],
        ['containers', containers.length === 0 ? 'none' : count(containers.length, 'container')],
      ],
      paint,
    ),
  ];
}

const addressesText = (addresses: { iface: string; address: string; prefix: number; mtu: number }[]): string =>
  addresses.map((one) => `${one.address}/${one.prefix} (${one.iface}, MTU ${one.mtu})`).join(', ') || 'none';
