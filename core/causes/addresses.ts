import type { CauseTexts } from './cause.ts';

/** Ports and addresses that are taken, and ranges that lie over each other. */
export const addressCauses = {
  'port-2377-taken': {
    level: 'host',
    severity: 'error',
    title: 'Another program listens on TCP 2377, which a manager needs.',
    symptom: '`listen tcp 0.0.0.0:2377: bind: address already in use` at init or join.',
    found: 'Something listens on 2377 while the engine is in no swarm.',
    fix: 'On <host>: `ss -ltnp "sport = :2377"` names the program. Stop it or move it to another port.',
    reference: 'Docker docs: swarm mode, open protocols and ports.',
  },
  'port-7946-taken': {
    level: 'host',
    severity: 'error',
    title: 'Another program uses port 7946, which gossip needs.',
    symptom: 'The join succeeds, but names do not resolve across hosts. Consul and Serf use this port too.',
    found: 'Something other than the engine listens on TCP or UDP 7946.',
    fix: 'On <host>: `ss -lntup "sport = :7946"` names the program. Move it: the port of gossip cannot be changed.',
    reference: 'moby#27237, #39280.',
  },
  'data-port-taken': {
    level: 'host',
    severity: 'error',
    title: 'Another program or overlay uses the UDP port of the data path.',
    symptom: '`failed to set link up: address already in use` when the first container joins an overlay.',
    found: 'A socket or a VXLAN device of somebody else holds the port.',
    fix: 'On <host>: `ss -lunp "sport = :<port>"` and `ip -d link show type vxlan` name it. Remove it, or form the swarm with another port: `swarm: { data_path_port: 7789 }`.',
    reference: 'moby#22424.',
  },
  'port-taken': {
    level: 'host',
    severity: 'error',
    title: 'A published port is taken on this host.',
    symptom: '`address already in use`, or `no suitable node (host-mode port already in use on 1 node)`.',
    found: 'Something on the host listens on the port, or another service publishes it.',
    fix: 'On <host>: `ss -ltnp "sport = :<port>"` and `docker ps --filter publish=<port>` name it. Stop it, or publish another port.',
    reference: 'Docker docs: publish ports of a service.',
  },
  'port-of-own-replica': {
    level: 'host',
    severity: 'error',
    title: 'A service has more replicas than nodes for its port in host mode: its own other replicas hold it.',
    symptom: '`no suitable node (host-mode port already in use on 1 node)`, while one replica runs on that node.',
    found: 'The scheduler counts no more nodes with the port in use than tasks of this very service run.',
    fix: 'A port with `mode: host` is had by one task on each node. Let the service <service> have fewer replicas (`flotilla service update <service> --replicas …`), or one on each node (`deploy: { mode: global }`); add active nodes; or, where the kernels of the nodes have ip_vs, publish the port without `mode: host`: the routing mesh shares it.',
    reference: 'Docker docs: publish ports of a service, host mode.',
  },
  'subnet-overlaps-route': {
    level: 'host',
    severity: 'error',
    title: 'The subnet of an overlay network lies over a route of this host.',
    symptom: 'Containers do not reach machines behind that route, or the host does not reach them any more.',
    found: 'The subnet and a route of the host share addresses. The swarm itself never looks at routes.',
    fix: 'Choose another `subnet` for the network in the spec and make the network anew. `ip route` on <host> shows what is used there.',
    reference: 'moby#50011; dokploy#2590; Docker docs: default address pools of a swarm.',
  },
  'pool-overlaps-route': {
    level: 'host',
    severity: 'error',
    title: 'The address pool of the swarm lies over a route of this host.',
    symptom: 'Some overlay network will later take addresses that the host needs for something else.',
    found: 'The pool and a route of the host share addresses.',
    fix: 'Choose another range before the swarm is formed: `swarm: { address_pools: [10.200.0.0/16] }`. It cannot be changed later.',
    reference: 'moby#50011; Docker docs: default address pools of a swarm.',
  },
  'resolver-in-subnet': {
    level: 'host',
    severity: 'error',
    title: "The nameserver of this host has an address inside an overlay's subnet.",
    symptom: 'Containers do not resolve names of the outside, such as on AWS with the nameserver 10.0.0.2.',
    found: 'An address in `/etc/resolv.conf` lies in the subnet or pool.',
    fix: 'Choose another `subnet` (or `address_pools`) in the spec. `cat /etc/resolv.conf` on <host> shows the nameserver.',
    reference: 'moby#50011; Docker docs: container networking, DNS.',
  },
  'gwbridge-overlaps-route': {
    level: 'host',
    severity: 'error',
    title: 'docker_gwbridge takes, or will take, a range that this host uses, maybe the very way in.',
    symptom: 'SSH drops at `swarm init` or at the first overlay network, and the host is not reachable any more.',
    found:
      'The range of docker_gwbridge, or the next one that the engine would choose for it, lies over a route of the host.',
    fix: 'On <host>, before it joins: `docker network create --subnet 192.168.231.0/24 -o com.docker.network.bridge.name=docker_gwbridge -o com.docker.network.bridge.enable_icc=false -o com.docker.network.bridge.enable_ip_masquerade=true docker_gwbridge` with a range that is free, or set `default-address-pools` in `/etc/docker/daemon.json`.',
    reference: 'moby#31972, #27890; Docker docs: swarm networking.',
  },
  'advertise-address-unreachable': {
    level: 'L1',
    severity: 'error',
    title: 'The host advertises an address that the others do not reach.',
    symptom:
      'The join succeeds and the node is Ready, but the overlay is dead to this node: the others send to an address that leads nowhere.',
    found:
      'The address that the engine tells its peers does not answer from them, while another address of the host does.',
    fix: 'Give <host> an address that the others reach: `nodes: { <host>: { advertise_addr: … } }`. It holds until the node leaves: `flotilla node rm <host>`, then add it again.',
    reference: 'moby#37536, #30972; Docker docs: swarm init --advertise-addr.',
  },
  'source-address-differs': {
    level: 'L1',
    severity: 'error',
    title:
      'Packets of this host leave with another source address than the one it advertises, and the others drop them.',
    symptom: 'The VXLAN packets arrive and the container gets nothing. Nothing is logged.',
    found:
      'The outer source address that a peer sees, or that `ip route get` tells, is not the data-path address of the host.',
    fix: 'On <host>: `ip route get <peer>` shows the source. Advertise that address, or set the right one: `ip route replace <net> dev <interface> src <address>`; take away SNAT rules that touch the data-path port (`iptables -t nat -S POSTROUTING`).',
    reference: 'moby#53004, #31677.',
  },
} satisfies CauseTexts;
