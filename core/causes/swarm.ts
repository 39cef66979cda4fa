import type { CauseTexts } from './cause.ts';

/** The swarm itself: gossip, managers and nodes. */
export const swarmCauses = {
  'gossip-dead': {
    level: 'L2',
    severity: 'error',
    title: 'The gossip of the engine is dead: the node is Ready, but names do not resolve across hosts.',
    symptom:
      'Every node is Ready, networks and containers can be made, but names of other hosts do not resolve. It does not heal by waiting.',
    found:
      'The engine lists no gossip peer though others have containers on the network, and port 7946 passes both ways.',
    fix: '`flotilla host restart-engine <host>`, or on the host `systemctl restart docker`. In future let nodes leave one after the other.',
    reference: 'moby#47859, fixed by moby PR #50115.',
  },
  'quorum-lost': {
    level: 'swarm',
    severity: 'error',
    title: 'More than half of the managers are away: nothing can be changed.',
    symptom: '`The swarm does not have a leader.` What runs goes on running.',
    found: 'The managers that answer say that there is no leader.',
    fix: 'Bring the missing managers back: that alone heals it. Only if they are lost for ever, on one survivor: `docker swarm init --force-new-cluster --advertise-addr <address>`; never on two. Then `flotilla node rm … --force` takes each lost one off the list.',
    reference: 'Docker docs: swarm administration, recover from losing the quorum.',
  },
  'swarm-split': {
    level: 'swarm',
    severity: 'error',
    title: 'Two swarms have one id: managers of it follow different leaders.',
    symptom:
      'After `docker swarm init --force-new-cluster` managers of before came back: `docker node ls` says other things on them, each has the nodes of the other for Down, and plans are refused.',
    found:
      'A manager with the id of the swarm that is not ready there names another leader; asked once more, both stay with theirs.',
    fix: 'See with `docker node ls` on managers of both which of them has the nodes that you want to keep. On every host of the other run `docker swarm leave --force`, then run `flotilla apply` again.',
    reference: 'Docker docs: swarm administration, recover from losing the quorum.',
  },
  'manager-locked': {
    level: 'swarm',
    severity: 'error',
    title: 'The manager is locked since its engine was started anew.',
    symptom: '`Swarm is encrypted and needs to be unlocked before it can be used.`',
    found: '`GET /info` says that the node is locked.',
    fix: 'On <host>: `docker swarm unlock` with the key of the swarm (`docker swarm unlock-key` on another manager shows it).',
    reference: 'Docker docs: lock your swarm.',
  },
  'certificate-expired': {
    level: 'swarm',
    severity: 'error',
    title: 'The swarm certificate of this node has run out.',
    symptom: '`Swarm certificates have expired. To replace them, leave the swarm and join again.`',
    found: 'The engine says so in its swarm state.',
    fix: 'On a worker: `docker swarm leave --force` on <host>, then `flotilla apply` joins it again. On the last manager: restore a backup.',
    reference: 'moby#42660, #24132.',
  },
  'not-in-swarm': {
    level: 'swarm',
    severity: 'error',
    title: 'A host that should be a node is in no swarm.',
    symptom: 'No container there reaches another host, and nothing listens on 7946.',
    found: 'The engine of the host answers and says that its swarm is inactive; the spec has the host as a node.',
    fix: '`flotilla plan --cluster <cluster>` shows what it takes, and `flotilla apply --cluster <cluster>` has <host> join. If it left on purpose, take it out of the spec: `flotilla node rm <host> --cluster <cluster>`.',
    reference: 'Engine API: GET /info, Swarm.LocalNodeState.',
  },
  'node-down': {
    level: 'swarm',
    severity: 'error',
    title: 'The swarm has lost a node, though its engine answers us.',
    symptom: '`docker node ls` says Down, `heartbeat failure`; its tasks are started elsewhere.',
    found: 'A manager says that the node is down; SSH and the engine of the host are fine.',
    fix: 'On <host>: `docker info` shows the error of the swarm, `journalctl -u docker -n 50` more. Look at the way to TCP 2377 of every manager. If the host is gone for good: `flotilla node rm <host> --force`.',
    reference: 'swarmkit dispatcher.go; moby#36311.',
  },
  'even-managers': {
    level: 'swarm',
    severity: 'warning',
    title: 'An even number of managers tolerates no more failures than one less.',
    symptom: 'Nothing yet. With two managers the loss of either stops the swarm.',
    found: 'The number of managers is even.',
    fix: 'Make it odd: `flotilla node set <host> --role worker`, or add a manager.',
    reference: 'Docker docs: swarm administration, add manager nodes for fault tolerance.',
  },
  'data-path-port-mismatch': {
    level: 'swarm',
    severity: 'error',
    title: 'The swarm uses another data-path port than the spec says.',
    symptom: 'The firewall is open for one port and the overlay uses the other.',
    found: '`GET /swarm` tells another DataPathPort than the spec.',
    fix: 'Write the port of the running swarm into the spec (`swarm: { data_path_port: <port> }`) and open UDP <port> on all hosts. The port itself can be chosen at init only.',
    reference: 'Docker docs: swarm init --data-path-port.',
  },
  'swarm-not-seen': {
    level: 'swarm',
    severity: 'error',
    title: 'No manager of the swarm could be asked.',
    symptom: 'Services, tasks and nodes are unknown; hosts are still looked at.',
    found: 'Every manager that is on record failed to answer; the reasons are in the evidence.',
    fix: 'Make one manager answer again (`flotilla host probe <host>`), then run `flotilla verify`.',
    reference: 'Flotilla: what could not be seen is never taken as not there.',
  },
} satisfies CauseTexts;
