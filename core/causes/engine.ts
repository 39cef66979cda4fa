import type { CauseTexts } from './cause.ts';

/** The Docker Engine as a program: whether it answers, its release and its settings. */
export const engineCauses = {
  'engine-frozen': {
    level: 'L0',
    severity: 'error',
    title: 'The Docker Engine takes connections and answers nothing.',
    symptom:
      '`docker ps` hangs. Running containers go on, but nothing can be changed, and the swarm takes the node for down after a while.',
    found: 'SSH works and the socket accepts, but the engine gives no answer to `GET /_ping` in time.',
    fix: 'On <host>: `systemctl status docker` and `ps -o pid,stat,wchan,cmd -C dockerd`. State T is a stopped process: `kill -CONT <pid>`. State D waits for a disk. Otherwise `systemctl restart docker`.',
    reference: 'signal(7): SIGSTOP; Docker docs: troubleshoot the daemon.',
  },
  'engine-down': {
    level: 'L0',
    severity: 'error',
    title: 'The Docker Engine does not run.',
    symptom:
      '`Cannot connect to the Docker daemon. Is the docker daemon running?` Its containers are gone for the swarm.',
    found: 'SSH works, but the socket is missing or refuses the connection.',
    fix: 'On <host>: `systemctl start docker`; if it does not stay up, `journalctl -u docker -n 50` says why.',
    reference: 'Docker docs: start the daemon; troubleshoot the daemon.',
  },
  'engine-missing': {
    level: 'L0',
    severity: 'error',
    title: 'There is no Docker Engine on the host.',
    symptom: 'SSH works; there is no Docker socket and no `docker` command.',
    found: 'The socket does not exist, and the docker command is not found.',
    fix: 'Install the engine on <host> (https://docs.docker.com/engine/install/), then `systemctl enable --now docker`.',
    reference: 'Docker docs: install Docker Engine.',
  },
  'engine-too-old': {
    level: 'L0',
    severity: 'error',
    title: 'The Docker Engine is older than 20.10.',
    symptom: 'Calls are refused as not known to this API version.',
    found: 'The API version that `GET /_ping` tells is below 1.41.',
    fix: 'Upgrade the engine of <host> to a release that is still maintained (`apt-get install docker-ce`), all hosts to the same one.',
    reference: 'Docker docs: Engine API version matrix.',
  },
  'known-bad-engine': {
    level: 'host',
    severity: 'warning',
    title: 'This engine release has a fault that breaks swarm networks.',
    symptom:
      'Depends on the release: names that do not resolve (29.0.0), ingress that does not answer (28.0.0), connections dropped when a task stops (29.1.0–29.1.4), encrypted networks that are dead between releases (25.0.13–14, 29.0.0–29.2.0), gossip that stays dead after a hurried leave (before 28).',
    found: 'The release of `GET /version` is on the list of known faults; the evidence names the fault.',
    fix: 'Upgrade the engine of <host>: `apt-get update && apt-get install docker-ce`, all hosts to the same release.',
    reference: 'moby#51515, #49538, #52469, #47859, #50115; release notes of 25, 28 and 29.',
    baseline: 'The lab runs the engine of its distribution, which is old.',
  },
  'live-restore-on': {
    level: 'host',
    severity: 'error',
    title: 'live-restore is on, which swarm mode refuses.',
    symptom: '`--live-restore daemon configuration is incompatible with swarm mode` at init or join.',
    found: '`GET /info` says `LiveRestoreEnabled: true`.',
    fix: 'On <host> set `"live-restore": false` in `/etc/docker/daemon.json`, then `systemctl restart docker`.',
    reference: 'Docker docs: live restore.',
  },
  'rootless-engine': {
    level: 'host',
    severity: 'error',
    title: 'The engine runs rootless, which cannot carry overlay networks.',
    symptom: 'Join or overlay networks fail, tasks do not start.',
    found: '`GET /info` lists `name=rootless` among its security options.',
    fix: 'Use an engine that runs as root on <host>: `systemctl enable --now docker`, and name its socket `/var/run/docker.sock`.',
    reference: 'Docker docs: rootless mode, known limitations.',
  },
  'nftables-backend': {
    level: 'host',
    severity: 'error',
    title: 'The engine uses the nftables firewall backend, which swarm mode refuses.',
    symptom: '`--firewall-backend=nftables is incompatible with swarm mode`.',
    found: '`GET /info` says that the driver of the firewall backend is `nftables`.',
    fix: 'On <host> take `"firewall-backend": "nftables"` out of `/etc/docker/daemon.json`, then `systemctl restart docker`.',
    reference: 'moby#50467, #49638.',
  },
  'gossip-port-held': {
    level: 'host',
    severity: 'error',
    title: 'The engine left a swarm, but its old gossip still holds port 7946.',
    symptom:
      'A join succeeds and every node is Ready, but names do not resolve across hosts. Waiting and joining again do not help.',
    found:
      'The engine says it is in no swarm, and something listens on 7946 all the same. Engines before 28 do this when nodes leave at the same moment.',
    fix: '`flotilla host restart-engine <host>`, or on the host `systemctl restart docker`; then join.',
    reference: 'moby#47859, fixed by moby PR #50115.',
  },
} satisfies CauseTexts;
