import type { CauseTexts } from './cause.ts';

/** What the kernel of a host must be able to do. */
export const kernelCauses = {
  'kernel-no-vxlan': {
    level: 'host',
    severity: 'error',
    title: 'The kernel cannot make VXLAN devices, so there is no overlay network on this host.',
    symptom: 'Tasks are rejected with `error creating vxlan interface: operation not supported`.',
    found: 'Making a VXLAN device in a throw-away network namespace is refused.',
    fix: 'On <host>: `modprobe vxlan`. If there is no such module, install it (`apt-get install linux-modules-extra-$(uname -r)`, on a Raspberry Pi `linux-modules-extra-raspi`) and reboot; after a kernel update a reboot alone may do. Keep it: `echo vxlan > /etc/modules-load.d/swarm.conf`.',
    reference: 'moby contrib/check-config.sh; moby#26930.',
  },
  'kernel-no-ipvs': {
    level: 'host',
    severity: 'warning',
    title: 'The kernel has no ip_vs, so virtual IPs and the routing mesh do not work on this host.',
    symptom:
      'The service runs and its name resolves, but connecting says `No route to host`; published ports answer nowhere. `tasks.<service>` works. The API shows no error.',
    found:
      '`/proc/net/ip_vs` is missing after `modprobe ip_vs`, or the ipvs match of iptables is refused in a throw-away namespace.',
    fix: 'On <host>: `modprobe ip_vs ip_vs_rr xt_ipvs`, or install the modules of the running kernel. Without them use `endpoint_mode: dnsrr` and ports in host mode (`endpoint_mode: auto` does that).',
    reference: 'moby#26930, #33795; Docker docs: overlay networks.',
    baseline: 'The kernel of the lab has no ip_vs.',
  },
  'kernel-no-esp': {
    level: 'host',
    severity: 'error',
    title: 'The kernel cannot do ESP, so encrypted overlay networks carry nothing on this host.',
    symptom:
      'The encrypted network is made and containers start, but every packet to another host is lost. Nothing in the API says so.',
    found: 'Adding an ESP state with rfc4106(gcm(aes)) in a throw-away network namespace is refused.',
    fix: 'On <host>: `modprobe esp4 xfrm_user ghash_generic gcm`. If the kernel has none of it, set `encrypted: false` and encrypt below the overlay (WireGuard).',
    reference: 'Docker docs: overlay driver, encryption; moby#43382.',
  },
  'kernel-no-bpf-match': {
    level: 'host',
    severity: 'error',
    title: 'iptables on this host lacks the u32 or bpf match that encrypted overlays need.',
    symptom:
      'Tasks on an encrypted network fail with an iptables error, or `required modules to install IPSEC rules are missing on host`.',
    found:
      'A rule with `-m bpf` (engines from 20.10.24) or `-m u32` (older ones) is refused in a throw-away namespace.',
    fix: 'On <host>: `modprobe xt_bpf xt_policy`; on RHEL 8 `dnf install kernel-modules-extra` and reboot. WSL kernels have none: use no encryption there.',
    reference: 'moby#43382; release notes of 20.10.24 and 23.0.',
  },
  'br-netfilter-missing': {
    level: 'host',
    severity: 'warning',
    title: 'br_netfilter is not there, so rules between containers of one bridge do not hold.',
    symptom:
      'The engine warns `bridge-nf-call-iptables is disabled`; published ports may not answer from the same host.',
    found: '`/proc/sys/net/bridge/bridge-nf-call-iptables` is missing or 0.',
    fix: 'On <host>: `modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1`. Keep it: `echo br_netfilter > /etc/modules-load.d/swarm.conf`.',
    reference: 'moby contrib/check-config.sh.',
    baseline: 'The kernel of the lab has no br_netfilter.',
  },
  'neighbour-table-full': {
    level: 'host',
    severity: 'error',
    title: 'The table of neighbours of the kernel is full, so the host cannot send to whom it does not have in there.',
    symptom:
      'Some containers and hosts are not reached, which ones changes, and all is well after a while; the kernel log says `neighbour: arp_cache: neighbor table overflow!`. Firewalls and ports are fine.',
    found: 'A packet that a probe wanted to send was refused by its own host with `No buffer space available`.',
    fix: 'On <host>: `dmesg | grep "table overflow"` shows it. Make the table larger: `sysctl -w net.ipv4.neigh.default.gc_thresh1=4096 net.ipv4.neigh.default.gc_thresh2=8192 net.ipv4.neigh.default.gc_thresh3=16384`, and keep that in `/etc/sysctl.d/`. All containers of a host share it. If the log says nothing of it, the queue of the interface is full: `tc -s qdisc`.',
    reference: 'Linux: ip-sysctl, neigh/default/gc_thresh3.',
  },
  'ip-forward-off': {
    level: 'host',
    severity: 'error',
    title: 'The host does not forward packets (net.ipv4.ip_forward=0).',
    symptom:
      'Containers reach nothing outside, and published ports do not answer, though overlay traffic between containers goes on.',
    found:
      '`net.ipv4.ip_forward` of the host is 0. Hardening scripts and cloud-init set it back after the engine has set it.',
    fix: 'On <host>: `sysctl -w net.ipv4.ip_forward=1`. Keep it: `echo net.ipv4.ip_forward=1 > /etc/sysctl.d/99-swarm.conf`, and look for the file that sets it to 0: `grep -r ip_forward /etc/sysctl.d /etc/sysctl.conf`.',
    reference: 'moby#47966; Docker docs: packet filtering and firewalls.',
  },
  'nic-checksum-offload': {
    level: 'host',
    severity: 'warning',
    title: 'This network card is known to spoil the checksums of VXLAN packets.',
    symptom: 'Nothing yet. On such cards overlay pings pass and every TCP connection between hosts hangs.',
    found: 'The driver is vmxnet3 under VMware and tx-checksum-ip-generic is on.',
    fix: 'On <host>: `ethtool -K <interface> tx-checksum-ip-generic off`, and keep it in the configuration of the network. Or use another data-path port: `swarm: { data_path_port: 7789 }` before the swarm is formed.',
    reference: 'moby#41775; fedora-coreos-tracker#1372; swarmpit#688.',
  },
  'container-virtualisation': {
    level: 'host',
    severity: 'warning',
    title: 'The host is itself a container (LXC, OpenVZ), which restricts what its kernel allows.',
    symptom: 'Virtual IPs and the routing mesh do not work; `modprobe` fails; sysctls cannot be set.',
    found: '`systemd-detect-virt -c` names a container, or `/proc/1/environ` does.',
    fix: 'Use a virtual machine for <host>. Otherwise load ip_vs, vxlan and br_netfilter on the machine below it, and allow nesting (`pct set <id> --features nesting=1,keyctl=1`).',
    reference: 'moby#38723; portainer#7736; dokploy#65.',
  },
} satisfies CauseTexts;
