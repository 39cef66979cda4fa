import type { Inspection } from '#core/inspection.ts';
import { naturally } from '#core/natural-order.ts';
import { count } from './duration.ts';
import { noColours } from './paint.ts';
import { pairs, table, type TableOptions } from './table.ts';

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** The merged view of one network over all hosts. */
export function inspectionLines(seen: Inspection, options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  const section = (title: string, lines: string[]): string[] =>
    lines.length === 0 ? [] : ['', paint.bold(title), ...lines];
  return [
    `${paint.bold(seen.name)} ${paint.dim(seen.id)}`,
    ...pairs(
      [
        ['driver', seen.driver],
        ['attachable', yesNo(seen.attachable)],
        ['encrypted', yesNo(seen.encrypted)],
        ['internal', yesNo(seen.internal)],
        ['IPv6', yesNo(seen.enableIpv6)],
        ['MTU', seen.mtu === null ? 'engine default' : String(seen.mtu)],
        ['VXLAN id', seen.vxlanIds.length === 0 ? 'none yet' : seen.vxlanIds.join(', ')],
        ['labels', labelsText(seen.labels)],
      ],
      paint,
    ),
    ...section('Subnets', subnetLines(seen, options)),
    ...section('Service addresses', virtualIpLines(seen, options)),
    ...section(`Endpoints (${seen.endpoints.length})`, endpointLines(seen, options)),
    ...section('Hosts', hostLines(seen, options)),
  ];
}

function labelsText(labels: Record<string, string>): string {
  const entries = Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  return entries.length === 0 ? 'none' : entries.join(', ');
}

const subnetLines = (seen: Inspection, options: TableOptions): string[] =>
  seen.subnets.length === 0
    ? []
    : table(
        [{ title: 'SUBNET' }, { title: 'GATEWAY' }, { title: 'IP RANGE' }, { title: 'FREE', align: 'right' }],
        seen.subnets.map((one) => [
          one.subnet,
          one.gateway ?? '-',
          one.ipRange ?? '-',
          one.freeAddresses === null ? 'not known' : String(one.freeAddresses),
        ]),
        options,
      );

const virtualIpLines = (seen: Inspection, options: TableOptions): string[] =>
  seen.virtualIps.length === 0
    ? []
    : table(
        [{ title: 'SERVICE', elastic: true }, { title: 'ADDRESS' }],
        seen.virtualIps.map((one) => [one.service, one.address]),
        options,
      );

function endpointLines(seen: Inspection, options: TableOptions): string[] {
  if (seen.endpoints.length === 0) return ['none'];
  const sorted = seen.endpoints.toSorted((a, b) => naturally(a.host, b.host) || naturally(a.name, b.name));
  return table(
    [{ title: 'HOST' }, { title: 'NAME', elastic: true }, { title: 'KIND' }, { title: 'ADDRESS' }, { title: 'MAC' }],
    sorted.map((one) => [one.host, one.name, one.kind, one.address, one.mac ?? '-']),
    options,
  );
}

/** What each host's engine says of the network, or why it could not be asked. */
function hostLines(seen: Inspection, options: TableOptions): string[] {
  const paint = options.paint ?? noColours;
  const rows = Object.entries(seen.hosts)
    .toSorted(([a], [b]) => naturally(a, b))
    .map(([host, facts]) => {
      if (!facts.known) return [host, paint.yellow('not known'), facts.reason];
      if (!facts.value.present) return [host, 'no', 'not visible here until something on the host uses it'];
      const { peers } = facts.value;
      return [host, 'yes', peers.length === 0 ? 'no peers' : `${count(peers.length, 'peer')}: ${peers.join(', ')}`];
    });
  return table([{ title: 'HOST' }, { title: 'PRESENT' }, { title: 'PEERS', elastic: true }], rows, options);
}
