import { createSocket } from 'node:dgram';

/** A nameserver for tests: answers on 127.0.0.1:53 out of this table, says `up` when it listens. */
const zone: Record<string, string[] | 'NXDOMAIN' | 'SERVFAIL' | 'SILENT' | 'GARBAGE'> = {
  web: ['10.9.2.2'],
  'tasks.web': ['10.9.2.2', '10.9.2.3'],
  six: ['fd09:2::2'],
  crowd: Array.from({ length: 300 }, (_, index) => `10.10.${index >> 8}.${index & 255}`),
  gone: 'NXDOMAIN',
  sick: 'SERVFAIL',
  mute: 'SILENT',
  odd: 'GARBAGE',
};
const rcodes = { NXDOMAIN: 3, SERVFAIL: 2 };

function answer(query: Buffer): Buffer | null {
  const end = query.indexOf(0, 12);
  const [name, type] = [labels(query.subarray(12, end)), query.readUInt16BE(end + 1)];
  const found = zone[name] ?? 'NXDOMAIN';
  if (found === 'SILENT') return null;
  if (found === 'GARBAGE')
    return Buffer.concat([query.subarray(0, 2), Buffer.from('8180000100050000', 'hex'), Buffer.from('cafe')]);
  const addresses = typeof found === 'string' ? [] : found.filter((address) => address.includes(':') === (type === 28));
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (typeof found === 'string' ? rcodes[found] : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.subarray(12, end + 5), ...addresses.map((address) => record(type, address))]);
}

function labels(bytes: Buffer): string {
  const names = [];
  for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) {
    names.push(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] ?? 0)));
  }
  return names.join('.');
}

/** An answer whose name points to the question; the only IPv6 address that is written is of the form `x:y::z`. */
function record(type: number, address: string): Buffer {
  const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : ipv6(address);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(30, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6(address: string): Buffer {
  const [left = [], right = []] = address.split('::').map((half) => half.split(':'));
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

const socket = createSocket('udp4', (query, peer) => {
  const reply = answer(query);
  if (reply !== null) socket.send(reply, peer.port, peer.address);
});
socket.bind(53, '127.0.0.1', () => console.log('up'));
process.stdin.resume().on('end', () => process.exit());
