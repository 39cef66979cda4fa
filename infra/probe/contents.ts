/**
 * What the probe image holds. Perl (perl-base alone) runs the prober: one small program with raw sockets, timers and
 * exact errno on every Debian architecture, no compiler needed; socat or busybox would mean a fork per check and
 * guessing causes from messages. The other programs are for hands and for later checks.
 */
export const programs = [
  { package: 'perl-base', path: 'usr/bin/perl' },
  { package: 'iputils-ping', path: 'usr/bin/ping' },
  { package: 'iproute2', path: 'usr/bin/ip' },
  { package: 'ethtool', path: 'usr/sbin/ethtool' },
  { package: 'tcpdump', path: 'usr/bin/tcpdump' },
  { package: 'util-linux', path: 'usr/bin/nsenter' },
];

/** Of perl-base only what the prober loads, relative to its module directory (`usr/lib/<triplet>/perl-base`). */
export const perlModules = [
  'strict.pm',
  'warnings.pm',
  'warnings/register.pm',
  'overloading.pm',
  'Carp.pm',
  'Config.pm',
  'Errno.pm',
  'Exporter.pm',
  'Exporter/Heavy.pm',
  'Fcntl.pm',
  'Socket.pm',
  'XSLoader.pm',
  'auto/Fcntl/Fcntl.so',
  'auto/Socket/Socket.so',
];

/** libpcap can capture D-Bus messages too, which alone would bring seven libraries, a fifth of the image: left out. */
export const unlinked: Record<string, string> = { 'libpcap.so.0.8': 'libdbus-1.so.3' };

/** tcpdump gives up root for a user of its own name and stops when there is none. */
export const etcFiles: Record<string, string> = {
  'etc/passwd': 'root:x:0:0:root:/:/usr/sbin/nologin\ntcpdump:x:100:100::/:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\ntcpdump:x:100:\n',
};

export const emptyDirectories = ['proc', 'sys', 'dev', 'run', 'tmp'];

export type Arch = 'amd64' | 'arm64';

/** Multiarch triplet, and the loader that the kernel looks for. */
export const architectures: Record<Arch, { triplet: string; loader: string }> = {
  amd64: { triplet: 'x86_64-linux-gnu', loader: 'usr/lib64/ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'usr/lib/ld-linux-aarch64.so.1' },
};

/** Version of the prober's input and output; the worker refuses an image of another one. */
export const protocol = 2;
