import type { CauseTexts } from './cause.ts';

/** The machine around the engine: clock, disk, identity, and what a swarm left on it. */
export const hostCauses = {
  'clock-skew': {
    level: 'host',
    severity: 'error',
    title: 'The clock of this host differs from that of the others.',
    symptom: 'Joining fails with `x509: certificate has expired or is not yet valid`, or nodes flap.',
    found:
      'The clocks of all hosts are read at the same time; this one is away from the median by more than five minutes (a warning from five seconds).',
    fix: 'On <host>: `timedatectl set-ntp true`, or `systemctl enable --now chrony && chronyc makestep`. Check it with `date -u`.',
    reference: 'moby#24132, #25112; swarmkit ca/certificates.go.',
  },
  'disk-full': {
    level: 'host',
    severity: 'error',
    title: 'There is no room left where the engine keeps its data.',
    symptom: '`no space left on device` when an image is pulled or a container starts.',
    found: 'The file system of the engine has less room than an image needs, or the engine said so itself.',
    fix: 'On <host>: `df -h /var/lib/docker`, `docker system df`, then `docker system prune` (removes stopped containers and unused images), or a larger disk.',
    reference: 'Docker docs: prune unused objects.',
  },
  'same-machine-id': {
    level: 'host',
    severity: 'warning',
    title: 'Two hosts have the same machine-id: one is a copy of the other.',
    symptom: 'Both may get one address from DHCP; logs of two machines look like one.',
    found: 'The contents of `/etc/machine-id` are equal.',
    fix: 'On the copy: `rm /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup`, then reboot.',
    reference: 'machine-id(5).',
  },
  'same-engine-id': {
    level: 'host',
    severity: 'warning',
    title: 'Two engines have the same ID: the data folder of one was copied.',
    symptom: 'Tools that tell engines by their ID take two for one.',
    found: '`GET /info` gives the same ID on two hosts.',
    fix: 'On the copy: `systemctl stop docker; rm -f /etc/docker/key.json /var/lib/docker/engine-id; systemctl start docker`.',
    reference: 'classicswarm#1472.',
  },
  'same-hostname': {
    level: 'host',
    severity: 'warning',
    title: 'Two hosts have the same hostname.',
    symptom: '`node <name> is ambiguous (2 matches found)`; nobody knows which of the two a log means.',
    found: 'The hostnames that the engines tell are equal.',
    fix: 'On one of them: `hostnamectl set-hostname <new name>`, then `systemctl restart docker`.',
    reference: 'moby daemon/cluster/helpers.go.',
  },
  'same-mac': {
    level: 'host',
    severity: 'error',
    title: 'Two hosts have the same MAC address on the network that they share.',
    symptom: 'Packets go to one or the other by chance; connections hang and come back.',
    found: 'The MAC addresses of the interfaces are equal.',
    fix: 'Give the copied machine a new MAC in its hypervisor, and take a fixed one out of its network configuration; then `ip neigh flush all` on the others.',
    reference: 'IEEE 802: MAC addresses are unique on a network.',
  },
  'cloned-swarm-state': {
    level: 'host',
    severity: 'error',
    title: 'Two hosts are the same node of the swarm: the swarm state of one was copied.',
    symptom:
      'Two hosts fight over one node: it flips between two addresses, `agent: session failed`; `docker node ls` shows one node where there are two hosts.',
    found: '`GET /info` gives the same NodeID on two hosts.',
    fix: 'On the copy: `docker swarm leave --force; systemctl stop docker; rm -rf /var/lib/docker/swarm /var/lib/docker/engine-id; rm /etc/machine-id; systemd-machine-id-setup; systemctl start docker`, then join it. Others may have taken the copy for the node that it was: when `flotilla verify` tells dead gossip afterwards, restart the engine of the other one of the two.',
    reference: 'classicswarm#1472; Docker docs: swarm administration, back up.',
  },
  'in-other-swarm': {
    level: 'swarm',
    severity: 'error',
    title: 'The host is a node of another swarm.',
    symptom: '`This node is already part of a swarm.`',
    found: 'The engine says it is active, and no manager of this cluster knows its NodeID.',
    fix: 'If nothing runs there that is still needed: `docker swarm leave --force` on <host> (on the last manager this destroys that swarm), then try again. To manage that swarm instead: `flotilla cluster adopt --from <host>`.',
    reference: 'moby daemon/cluster/errors.go.',
  },
  'orphaned-vxlan': {
    level: 'host',
    severity: 'error',
    title: 'A VXLAN device of a dead network lies in the host and blocks a new one.',
    symptom:
      'Tasks are rejected on one node: `error creating vxlan interface: file exists`, or `failed to set link up: address already in use`.',
    found:
      'A VXLAN device with the port of the data path is in the network namespace of the host; a healthy one lives in the namespace of its overlay.',
    fix: 'On <host>: `ip -d link show type vxlan`, then `ip link delete <device>`. If it comes back, another overlay (flannel, Cilium) uses this port.',
    reference: 'moby#47728, #22424; libnetwork#562, #1765.',
  },
} satisfies CauseTexts;
