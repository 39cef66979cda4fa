import type { CauseTexts } from './cause.ts';

/** The network between the hosts: which ports pass, how large packets may be. Rejected and dropped are one cause. */
export const underlayCauses = {
  'manager-port-blocked': {
    level: 'L1',
    severity: 'error',
    title: 'TCP 2377 of a manager does not answer to the other nodes.',
    symptom:
      '`Timeout was reached before node joined`, `connection refused`, `no route to host`; later the node goes down when managers change.',
    found:
      'A TCP connection to 2377 is dropped or rejected while the host itself is reachable; on a running swarm also by the heartbeats that stop.',
    fix: 'On <host>: `ufw allow from <peers> to any port 2377 proto tcp` (or `firewall-cmd --permanent --add-port=2377/tcp && firewall-cmd --reload`, or the security group). Every node needs the way to every manager.',
    reference: 'Docker docs: open protocols and ports between the hosts; moby#24686.',
  },
  'gossip-tcp-blocked': {
    level: 'L1',
    severity: 'error',
    title: 'TCP 7946 is blocked, so nodes do not learn of new networks and names.',
    symptom:
      'Running networks go on. A new one is cut in two: `attaching to network failed … context deadline exceeded`, names fail, `Bulk sync to node … timed out`.',
    found: 'TCP 7946 is dropped or rejected and UDP 7946 passes; or a rule of the host counts such packets.',
    fix: 'On <host>: `ufw allow from <peers> to any port 7946 proto tcp` (or the security group), for all nodes in both directions.',
    reference: 'moby networkdb/cluster.go; Docker docs: open protocols and ports.',
  },
  'gossip-udp-blocked': {
    level: 'L1',
    severity: 'warning',
    title: 'UDP 7946 is blocked: gossip limps along over TCP.',
    symptom:
      'Names still resolve, slowly after changes; nodes are suspected to have failed. `Was able to connect to … over TCP but UDP probes failed, network may be misconfigured`.',
    found:
      'UDP 7946 is dropped or rejected and TCP 7946 passes; or the daemon logs it; or a rule of the host counts such packets.',
    fix: 'On <host>: `ufw allow from <peers> to any port 7946 proto udp` (or the security group), for all nodes in both directions.',
    reference: 'moby memberlist/state.go; Docker docs: open protocols and ports.',
  },
  'gossip-blocked': {
    level: 'L1',
    severity: 'error',
    title: 'Port 7946 is blocked for TCP and UDP: the node is cut off from the gossip.',
    symptom: 'The node is Ready, but names of other hosts do not resolve; virtual IPs have no backends.',
    found:
      'Neither TCP nor UDP 7946 passes; on a running swarm the host lists no gossip peer, or rules of the host count such packets.',
    fix: 'On <host>: `ufw allow from <peers> to any port 7946` (TCP and UDP), or the security group, for all nodes in both directions. Gossip heals within a minute.',
    reference: 'Docker docs: open protocols and ports; portainer#3474; moby#39280.',
  },
  'data-port-blocked': {
    level: 'L1',
    severity: 'error',
    title: 'The UDP port of the data path is blocked, so containers on different hosts do not reach each other.',
    symptom:
      'All nodes are Ready, services run, names resolve, and every packet between containers of different hosts is lost. No log line anywhere.',
    found:
      'Datagrams to the port do not arrive; on a running overlay pings are lost while names resolve. Rule counters and the counters of the VXLAN device tell which host and which direction.',
    fix: 'On <host>: `ufw allow proto udp from <peers> to any port <port>` (or `firewall-cmd --permanent --add-port=<port>/udp && firewall-cmd --reload`, or the security group: UDP, not TCP), in both directions, from the nodes only: VXLAN has no authentication.',
    reference: 'Docker docs: open protocols and ports; moby#24686; GHSA-vwm3-crmr-xfxw.',
  },
  'data-port-eaten': {
    level: 'L1',
    severity: 'error',
    title: 'The network between the hosts swallows UDP 4789, while other UDP ports pass.',
    symptom:
      'As if the port were blocked, but no firewall is in the way. Seen with VMware NSX and other software networks that use VXLAN themselves.',
    found: 'Datagrams to 4789 do not arrive, the same to another port do, and no rule of either host counts them.',
    fix: 'Form the swarm with another port: `swarm: { data_path_port: 7789 }`, and open that one. It can be chosen at init only.',
    reference: 'docker/docs#22030; moby#33416; flannel#2388.',
  },
  'mtu-too-small': {
    level: 'L1',
    severity: 'error',
    title: 'The path between hosts carries smaller packets than the overlay network promises.',
    symptom: 'Pings and small requests work; TLS handshakes, large answers and file transfers hang.',
    found:
      'Small packets pass, full-sized ones do not, and the interface or a router on the path says which size it takes.',
    fix: 'Set `mtu: <mtu>` on the network in the spec (the MTU of the path, not of the container) and make the network anew; or raise the MTU of the interface on <host>: `ip link set <interface> mtu 1500`.',
    reference: 'moby#41332, #33596; Docker docs: overlay driver options.',
  },
  'mtu-black-hole': {
    level: 'L1',
    severity: 'error',
    title: 'Large packets vanish on the path without a word.',
    symptom:
      'Pings and small requests work; TLS handshakes, large answers and file transfers hang, though every interface says 1500.',
    found: 'Small packets pass, full-sized ones do not, and nobody answers that they are too long.',
    fix: 'Let ICMP type 3 code 4 pass the firewall between the hosts (`iptables -A INPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT`), and find who drops large packets: `ping -M do -s 1472 <peer>` from <host>. Until then set `mtu: <mtu>` on the network and make it anew.',
    reference: 'RFC 2923; moby#36689, #43673.',
  },
  'esp-blocked': {
    level: 'L1',
    severity: 'error',
    title: 'ESP (IP protocol 50) is blocked, so encrypted overlay networks are dead between the hosts.',
    symptom: 'Plain overlay networks work, encrypted ones lose every packet between hosts.',
    found:
      'Packets of protocol 50 do not arrive; on a running network the xfrm counters rise on the way out and not on the way in.',
    fix: 'Allow IP protocol 50 between the nodes. It is a protocol, not a port: `iptables -I INPUT -p esp -s <peers> -j ACCEPT`, or a rule of its own in the security group. Or set `encrypted: false` and encrypt below (WireGuard).',
    reference: 'Docker docs: overlay driver, encryption; moby#25266, #26523.',
  },
  'esp-keys-differ': {
    level: 'L4',
    severity: 'error',
    title: 'Hosts of an encrypted overlay network use keys that do not fit each other.',
    symptom: 'Plain overlay networks work, the encrypted one loses every packet between some hosts. No log line.',
    found:
      'The IPsec states (`ip xfrm state`) with which one host sends to another one have other SPIs than those that this one takes, or there are none.',
    fix: 'Bring the engines to the same version (29.0.0 to 29.2.0 and 25.0.13 to 25.0.14 count SPIs in their own way), then let them make their keys anew: `flotilla host restart-engine <host>`, one host after the other.',
    reference: 'moby release notes 29.2.1 and 25.0.15; moby#43359.',
  },
  'container-place-unknown': {
    level: 'L2',
    severity: 'error',
    title: 'Engines know the names of containers on another host, and not where they are.',
    symptom:
      'Names resolve, and on one network every packet to some host is lost, while other networks between the same hosts work.',
    found:
      'Single datagrams are lost on one network and arrive over another one between the same hosts; the VXLAN device of the network gives out or takes in too little.',
    fix: 'Make the containers of <network> on <host> anew (`docker service update --force <service>`, or `flotilla apply` after removing a standalone one): joining is told to all again. If that does not help, `flotilla host restart-engine <host>`.',
    reference: 'moby#47728; fixed in part by moby PRs #50342, #50393 (engine 29).',
  },
  'lost-inside-host': {
    level: 'L4',
    severity: 'error',
    title: 'Packets arrive in the overlay network of a host, and reach no container there.',
    symptom: 'As if the data path were blocked, for one network on one host; every port is open.',
    found:
      'Single datagrams to its containers are lost, while the VXLAN device in the namespace of the network takes them in.',
    fix: 'On <host>: `nsenter --net=$(ls /var/run/docker/netns/<namespace>) ip link` must show the bridge, the VXLAN device and a port for each container, all UP; and look for firewall rules inside the container (`nsenter -t <pid> -n iptables -S`). `docker service update --force` makes the tasks anew, `flotilla host restart-engine <host>` the network.',
    reference: 'libnetwork#562, #945; moby#47728.',
  },
  'host-blocks-traffic': {
    level: 'L1',
    severity: 'error',
    title: 'The host takes no traffic from the others at all.',
    symptom: 'No port of the host answers to the other hosts, while SSH from here works.',
    found: 'TCP and UDP on every tested port fail toward this host from all others.',
    fix: 'On <host>: `iptables -S INPUT` and `nft list ruleset`; allow the addresses of the other nodes. See that all hosts are in one network.',
    reference: 'Docker docs: open protocols and ports.',
  },
  'high-latency': {
    level: 'L1',
    severity: 'warning',
    title: 'The way between the hosts is slow or loses packets.',
    symptom: 'Leader elections, nodes that flap, `Suspect … has failed`.',
    found: 'The round trip among managers is above 10 ms, or more than one percent of the packets is lost.',
    fix: 'Keep the managers in one region. For nodes far away raise the heartbeat: `docker swarm update --dispatcher-heartbeat 20s`.',
    reference: 'moby#36311; Docker docs: Raft consensus.',
  },
} satisfies CauseTexts;
