import type { HeldPort } from '#core/preflight/facts.ts';

/** A line of `ss -Hltun`, with or without `-p`, or of /proc/net with the name of its file in front. */
export function heldPortOf(row: string): HeldPort[] {
  const [, proto, local = '', users = ''] = /^(tcp|udp)\s+\S+\s+\d+\s+\d+\s+(\S+)\s+\S+\s*(.*)$/.exec(row) ?? [];
  if (proto === 'tcp' || proto === 'udp') {
    const at = local.lastIndexOf(':');
    const program = /\(\("([^"]+)"/.exec(users)?.[1] ?? null;
    return [{ proto, port: Number(local.slice(at + 1)), address: local.slice(0, at), program }];
  }
  const [, file = '', address = '', hex = '', state] =
    /^(tcp6?|udp6?): *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ (\w\w) /.exec(row) ?? [];
  if (state !== (file.startsWith('tcp') ? '0A' : '07')) return [];
  return [{ proto: file.startsWith('tcp') ? 'tcp' : 'udp', port: Number.parseInt(hex, 16), address, program: null }];
}
