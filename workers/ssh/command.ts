/** A command line for the login shell of a host: every argument reaches the program as it is, whatever is in it. */
export function commandLine(argv: readonly string[]): string {
  if (argv.length === 0) throw new Error('a command needs a program');
  return argv.map(quote).join(' ');
}

/** Single quotes mean nothing to sh, bash, zsh, ksh and dash but their end. */
function quote(argument: string): string {
  if (argument.includes('\0')) throw new Error('an argument cannot hold a NUL');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A POSIX sh script with its arguments; the script comes on stdin, so that no login shell gets to read it. */
export interface Script {
  argv: string[];
  stdin: string;
}

/** `main` is read whole before it runs, and its commands cannot eat the script: they have no input. */
const script = (body: string, args: readonly string[], functions = ''): Script => ({
  argv: ['sh', '-s', '--', ...args],
  stdin: `${functions}\nmain() {\n${body}\n}\nmain "$@" </dev/null 2>/dev/null\n`,
});

/** Programs for root are not in everybody's PATH, and snaps not in that of a non-interactive shell. */
const widePath =
  'PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin; LC_ALL=C; export PATH LC_ALL';

/**
 * Finds out what stands between this user and the Docker socket. Prints `name=value` lines; changes nothing.
 * A listener is looked up in /proc because a socket file outlives its engine.
 */
export const dockerAccessScript = (socketPath: string): Script =>
  script(
    `${widePath}
s=$1
if [ ! -S "$s" ]; then echo socket=missing
elif [ -r "$s" ] && [ -w "$s" ]; then echo socket=open
else echo socket=forbidden; fi
if [ ! -r /proc/net/unix ]; then echo listener=unknown
elif grep -q " 00010000 .*/\${s##*/}\\$" /proc/net/unix; then echo listener=yes
else echo listener=no; fi
d=$(command -v docker) && echo "docker=$d"
command -v dockerd >/dev/null && echo dockerd=yes
if command -v sudo >/dev/null; then
  if sudo -n -l "\${d:-docker}" system dial-stdio >/dev/null 2>&1; then echo sudo=free; else echo sudo=password; fi
fi
true`,
    [socketPath],
  );

/**
 * What the system says of itself, in sections that begin with `@@name`; a tool that is missing leaves its section empty.
 * Starts three programs, because many hosts may share a machine. `peers` are addresses or names to measure the path MTU to, all at
 * once: one ping settles the common case; else the search begins with what the kernel says of the path (`mtu=`), and
 * without such a word it halves.
 */
export const factScript = (peers: readonly string[]): Script =>
  script(
    `${widePath}
${factSections}
[ $# -gt 0 ] && { echo @@path-mtu; measureAll "$@"; }
echo @@end`,
    peers,
    peers.length === 0 ? '' : pathMtuFunctions,
  );

const ipVsSection = `echo @@ip-vs; read -r release </proc/sys/kernel/osrelease
if [ -e /proc/net/ip_vs ]; then echo yes
elif [ -d "/lib/modules/$release" ] || [ -d /run/booted-system ]; then modprobe -n -q ip_vs && echo yes; fi`;

/** By ss, as /proc/net/tcp walks through the places of all connections that there may be: 8 ms with much memory. */
const factSections = `echo @@clock; date +%s.%N
echo @@machine-id; read -r id </etc/machine-id && echo "$id"
${ipVsSection}
echo @@sockets; ss -Hltun || (cd /proc/net && grep -H -e ' 0A ' -e ' 07 ' tcp tcp6 udp udp6)
echo @@addresses; ip addr show`;

/**
 * DF pings; ICMP and IP headers are 28 bytes, 48 with IPv6. 1280 and 576 are what every IPv6 and IPv4 path carries.
 * No path carries more than the largest interface, so a ping of that size settles it without asking for the route.
 */
const pathMtuFunctions = `fits() { ping -n -c 1 -W 1 -M do -s "$2" "$1" 2>&1; }
measureAll() {
  largest=0
  for file in /sys/class/net/*/mtu; do
    case $file in */lo/mtu) ;; *) read -r mtu <"$file" && [ "$mtu" -gt "$largest" ] && largest=$mtu ;; esac
  done
  for peer in "$@"; do measure "$peer" & done
  wait
}
measure() {
  case $1 in *:*) at=$1 ;; *[!0-9.]*) at=$(getent hosts "$1") && at=\${at%% *} || at=$1 ;; *) at=$1 ;; esac
  case $at in *:*) head=48 ;; *) head=28 ;; esac
  # With exec the shell that catches its words becomes the ping, which saves a process for each peer.
  said=$(exec ping -n -c 1 -W 1 -M do -s $((largest - head)) "$at" 2>&1) && { echo "$1 $largest measured"; return; }
  mtu=1500
  route=$(ip -o route get "$at") && dev=\${route##* dev } && read -r mtu <"/sys/class/net/\${dev%% *}/mtu"
  high=$((mtu - head))
  low=$((1280 - head))
  fits "$at" $low >/dev/null || { low=$((576 - head)); fits "$at" $low >/dev/null; } || { echo "$1 $mtu assumed"; return; }
  hint=$(echo "$said" | grep -o 'mtu *= *[0-9]*' | grep -o '[0-9]*' | head -n 1)
  if [ -n "$hint" ] && fits "$at" $((hint - head)) >/dev/null; then echo "$1 $hint measured"; return; fi
  if fits "$at" $high >/dev/null; then echo "$1 $mtu measured"; return; fi # the first was lost by chance
  while [ $((high - low)) -gt 1 ]; do
    middle=$(((low + high) / 2))
    if fits "$at" $middle >/dev/null; then low=$middle; else high=$middle; fi
  done
  echo "$1 $((low + head)) measured"
}`;

/**
 * What preflight reads of a host, in sections as above. Read-only but for a network namespace that vanishes with the
 * commands in it; what needs root is left out without it, and its section says so by being absent. `esp` also tries
 * encryption, which makes the kernel load its modules.
 */
export const batteryScript = (sysctls: readonly string[], ask: { esp: boolean }): Script =>
  script(
    `${widePath}
echo @@clock; date +%s.%N
echo @@sockets; ss -Hltunp || { cd /proc/net && grep -H -e ' 0A ' -e ' 07 ' tcp tcp6 udp udp6; }
echo @@user; id -u
echo @@hostname; read -r hostname </proc/sys/kernel/hostname && echo "$hostname"
echo @@kernel; read -r release </proc/sys/kernel/osrelease && echo "$release"
echo @@os; grep -h ^PRETTY_NAME= /etc/os-release
echo @@virtualisation; detectVirtualisation
echo @@machine-id; read -r id </etc/machine-id && echo "$id"
echo @@links; steady ip -d -o link show
echo @@addresses; ip addr show
echo @@routes; ip -o route show table all
echo @@resolvers; grep -h '^nameserver' /etc/resolv.conf /run/systemd/resolve/resolv.conf
echo @@ssh-from; echo "\${SSH_CLIENT%% *}"
echo @@sysctls; grep -H '' "$@"
root=$(sed -n 's/.*"data-root" *: *"\\([^"]*\\)".*/\\1/p' /etc/docker/daemon.json)
root=\${root:-/var/lib/docker}
echo @@disk; df -Pk "$root" "$root/tmp" | while read -r _ _ _ free _ at; do echo "$free $at $root"; done
echo @@modules
module ip_vs /proc/net/ip_vs
module br_netfilter /proc/sys/net/bridge
echo @@cards
for link in /sys/class/net/*; do
  driver=$(readlink "$link/device/driver") || continue
  offload=
  case $driver in */vmxnet3) offload=$(ethtool -k "\${link##*/}" | grep tx-checksum-ip-generic) ;; esac
  echo "\${link##*/} \${driver##*/} $offload"
done
echo @@features
if [ "$(id -u)" = 0 ]; then features; elif sudo -n -l unshare >/dev/null; then root=sudo features; fi
echo @@end`,
    sysctls.map((name) => `/proc/sys/${name.replaceAll('.', '/')}`),
    `${batteryFunctions}
${featureFunction(ask.esp)}`,
  );

/**
 * An engine makes the VXLAN device of a network in the host's namespace and moves it at once, and may leave one there for a
 * moment when the network goes: only one that stays is an orphan.
 */
const steadyFunction = `steady() {
  rows=$("$@")
  for _ in 1 2; do case $rows in *' vxlan '*) sleep 1; rows=$("$@") ;; esac; done
  echo "$rows"
}`;

const batteryFunctions = `${steadyFunction}
module() {
  if [ -e "$2" ]; then echo "$1 yes"
  elif [ -d "/lib/modules/$release" ] || [ -d /run/booted-system ]; then modprobe -n -q "$1" && echo "$1 yes" || echo "$1 no"
  else echo "$1 no"; fi
}
detectVirtualisation() {
  if command -v systemd-detect-virt >/dev/null; then systemd-detect-virt; return; fi
  if grep -qiE 'microsoft|wsl' /proc/sys/kernel/osrelease; then echo wsl; return; fi
  inside=$(tr '\\0' '\\n' </proc/1/environ | grep '^container=') && { echo "\${inside#container=}"; return; }
  read -r vendor </sys/class/dmi/id/sys_vendor && case $vendor in
    VMware*) echo vmware ;; QEMU*) echo qemu ;; Xen*) echo xen ;; Microsoft*) echo microsoft ;; innotek*) echo oracle ;;
  esac
}`;

/** Prints `name yes`, or `name no` and what was said; `name unknown` without the tool. */
const tryFunction = `try() {
  name=$1; shift
  command -v "$1" >/dev/null || { echo "$name unknown there is no $1 command"; return; }
  if said=$("$@" 2>&1); then echo "$name yes"; else echo "$name no" $said; fi
}`;

/** The key encrypts nothing. */
const espTrial = `try esp ip xfrm state add src 127.0.0.1 dst 127.0.0.2 proto esp spi 0x100 mode transport aead 'rfc4106(gcm(aes))' 0x${'00'.repeat(20)} 128`;

const featureFunction = (esp: boolean): string => `features() {
\${root:+sudo -n} unshare -n sh <<'END_OF_FEATURES'
${tryFunction}
try vxlan ip link add name vxpf0 type vxlan id 4242 dstport 4789
try xt_ipvs iptables -w 5 -t mangle -A POSTROUTING -m ipvs --ipvs -j ACCEPT
${
  esp
    ? `try policy iptables -w 5 -A INPUT -m policy --dir in --pol none -j DROP
try bpf iptables -w 5 -A INPUT -m bpf --bytecode '1,6 0 0 0' -j DROP
try u32 iptables -w 5 -A INPUT -m u32 --u32 0=0 -j DROP
${espTrial}`
    : ''
}
END_OF_FEATURES
}`;

/** The rules of the host's firewall with what they counted, in the words of iptables-save; nothing without root. */
export const firewallCommand = (): string[] => [
  'sh',
  '-c',
  `${widePath}
s=
[ "$(id -u)" = 0 ] || s='sudo -n'
$s iptables-save -c 2>/dev/null
true`,
];

/** Lines `address yes|no source`: whether it answers an echo, and the source that the kernel uses toward it. */
export const reachScript = (addresses: readonly string[]): Script =>
  script(
    `${widePath}
for address in "$@"; do ask "$address" & done
wait
echo @@end`,
    addresses,
    `ask() {
  route=$(ip -o route get "$1")
  source=\${route##* src }
  [ "$source" = "$route" ] && source=
  if ping -n -c 1 -W 1 "$1" || ping -n -c 1 -W 1 "$1"; then said=yes; else said=no; fi >&2
  echo "$1 $said \${source%% *}"
}`,
  );

/**
 * Whether the host forwards, and the rules of its firewall with what they have counted; the latter needs root. With
 * `facts` also what `factScript` tells, so that one command does for both.
 */
export const firstLookScript = (ask: { facts: boolean }): Script =>
  script(
    `${widePath}
${ask.facts ? factSections : ipVsSection}
echo @@forward; cat /proc/sys/net/ipv4/ip_forward
echo @@orphans; steady ip -d -o link show type vxlan
${asRoot}
echo @@firewall
$s iptables-save -c -t filter && echo @@firewall-read
echo @@end`,
    [],
    steadyFunction,
  );

/** Sets `s` to what a command for root begins with: nothing for root, \`sudo -n\` for others. */
const asRoot = `s=
[ "$(id -u)" = 0 ] || s='sudo -n'`;

/**
 * What tells why an overlay is dead, in sections; read-only. `peers` are addresses to ask the route to. Keys are left
 * out where they are printed, and again by the reader: engines log them in clear. `esp`: whether a network is encrypted.
 */
export const evidenceScript = ({ peers, esp }: EvidenceAsk): Script =>
  script(
    `${widePath}
${asRoot}
echo @@forward; cat /proc/sys/net/ipv4/ip_forward
echo @@firewall
$s iptables-save -c -t filter && echo @@firewall-read
echo @@addresses; ip addr show
echo @@routes
for peer in "$@"; do echo "$peer $(ip -o route get "$peer" | tr -d '\\\\' | tr '\\n' ' ')"; done
${counterSections}
${esp ? `echo @@features\n$s unshare -n sh <<'END_OF_FEATURES'\n${tryFunction}\n${espTrial}\nEND_OF_FEATURES` : ''}
echo @@log; { ${engineLogLines}; } | grep -v level=debug | grep -E '${networkLines}' | sed 's/0x[0-9a-fA-F]*/0x…/g' | tail -n 40
echo @@end`,
    peers,
  );

export interface EvidenceAsk {
  peers: readonly string[];
  /** Also whether the kernel can encrypt; trying it makes the kernel load its modules. */
  esp: boolean;
}

/** Packets that each overlay's VXLAN device has carried, and bytes of each IPsec state; both need root. */
const counterSections = `echo @@overlays
$s sh -c 'for file in /var/run/docker/netns/*-*; do
  case \${file##*/} in *-*) echo "namespace \${file##*/}"; nsenter --net="$file" ip -s link show type vxlan ;; esac
done'
echo @@xfrm; $s ip -s xfrm state | grep -E '^src|proto esp|\\(bytes\\)'
$s true && echo @@counters-read`;

/** The same alone, to be compared with what they say later. */
export const countersScript = (): Script => script(`${widePath}\n${asRoot}\n${counterSections}\necho @@end`, []);

/** The daemon's log of the last minutes: the journal, or a file where another init keeps one. */
const engineLogLines = `if command -v journalctl >/dev/null; then $s journalctl -q -u docker --since -10min --no-pager -o cat
else for file in /var/log/dockerd.log /var/log/docker.log /var/log/upstart/docker.log; do [ -r "$file" ] && tail -n 8000 "$file" && break; done; fi`;

const networkLines =
  'memberlist|NetworkDB|gossip|probes failed|[Bb]ulk sync|healthscore|ipvs family|rSA|xfrm|vxlan|heartbeat|session failed';

/** The Docker CLI as a pipe to the socket. */
export const dialStdioCommand = (docker: string, socketPath: string): string[] => [
  docker,
  '--host',
  `unix://${socketPath}`,
  'system',
  'dial-stdio',
];

export const sudoCommand = (argv: readonly string[]): string[] => ['sudo', '-n', '--', ...argv];

/** Asks for the password with `prompt` on stderr, reads it from stdin, and says `ready` there when it was right. */
export const sudoPasswordCommand = (argv: readonly string[], prompt: string, ready: string): string[] => [
  'sudo',
  '-k',
  '-S',
  '-p',
  prompt,
  '--',
  'sh',
  '-c',
  'echo "$0" >&2; exec "$@"',
  ready,
  ...argv,
];

/** Prints the engine's process id and start time, or nothing when it does not run: a restarted engine prints another. */
export const engineProcessCommand = (): string[] => [
  'sh',
  '-c',
  `${widePath}
p=$(cat /run/docker.pid 2>/dev/null || cat /var/run/docker.pid 2>/dev/null || pgrep -xo dockerd)
[ -n "$p" ] && [ -r "/proc/$p/stat" ] && echo "$p $(cut -d' ' -f22 "/proc/$p/stat")"
true`,
];

/**
 * Restarts the engine through the host's init and does not wait for it. Where no known init runs, the engine is told
 * to end and whatever supervises it starts it again. Exit code 1 and a reason on stderr when it may not or cannot.
 */
export const restartEngineCommand = (): string[] => [
  'sh',
  '-c',
  `${widePath}
s=
[ "$(id -u)" = 0 ] || s='sudo -n'
if [ -d /run/systemd/system ]; then exec $s systemctl --no-block restart docker
elif [ -d /run/openrc ]; then exec $s rc-service docker restart
elif [ -p /run/initctl ] && [ -x /etc/init.d/docker ]; then exec $s /etc/init.d/docker restart; fi
p=$(cat /run/docker.pid 2>/dev/null || cat /var/run/docker.pid 2>/dev/null || pgrep -xo dockerd)
[ -n "$p" ] || { echo 'the engine does not run, and no known init can start it' >&2; exit 1; }
$s kill -TERM "$p"`,
];
