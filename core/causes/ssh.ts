import type { CauseTexts } from './cause.ts';
import { keysCommand } from '../host.ts';

/** The way in: SSH and the Docker socket behind it. */
export const sshCauses = {
  'ssh-port-closed': {
    level: 'L0',
    severity: 'error',
    title: 'The SSH port does not answer, though the host is up.',
    symptom: '`ssh <host>` says `Connection refused` or waits until it times out; containers on the host go on.',
    found:
      'The TCP connection to the SSH port is refused or gets no answer, while another host or a check sees the host.',
    fix: 'Start sshd on <host> (`systemctl start ssh`, or `sshd` on some systems) and open its port: `ufw allow <port>/tcp`, or the security group of your cloud. If sshd listens on another port now: `flotilla host set <host> --port …`.',
    reference: 'sshd_config(5): Port, ListenAddress.',
  },
  'ssh-key-refused': {
    level: 'L0',
    severity: 'error',
    title: 'The host refuses our SSH key.',
    symptom: '`Permission denied (publickey)`. The port answers and the host key is the right one.',
    found: 'sshd ends the handshake after every key that the worker may offer.',
    fix: 'Put the public key into `~/.ssh/authorized_keys` of the user on <host> (`ssh-copy-id -i key.pub user@<host>`), and see that this file and its folder belong to that user only (`chmod 700 ~/.ssh; chmod 600 ~/.ssh/authorized_keys`). `journalctl -u ssh` on the host tells why sshd refused.',
    reference: 'sshd(8): AUTHORIZED_KEYS FILE FORMAT; sshd_config(5): AllowUsers, PubkeyAuthentication.',
  },
  'ssh-host-key-changed': {
    level: 'L0',
    severity: 'error',
    title: 'The host shows another SSH host key than the one that was pinned.',
    symptom: '`REMOTE HOST IDENTIFICATION HAS CHANGED`. Nothing was sent to the host.',
    found:
      'The key of the handshake is not the pinned one. Either the host was installed anew, or somebody else answers at its address.',
    fix: `On the console of <host> run \`${keysCommand}\`. Only if the fingerprint that was offered is among them: \`flotilla host pin <host> --fingerprint SHA256:…\`. If not, somebody is in the way: stop here.`,
    reference: 'ssh(1): VERIFYING HOST KEYS.',
  },
  'host-cut-off': {
    level: 'L0',
    severity: 'error',
    title: 'The host is not on the network: nobody reaches it.',
    symptom: 'SSH times out or says `No route to host`; the swarm says the node is down; its peers lost it.',
    found:
      'SSH gets no answer, and no other host of the cluster reaches it either, or the swarm has lost its heartbeat.',
    fix: 'Look at the console of <host>: `ip -br link`, `ip -br addr`, `ip route`. Then the switch, the security group or the power. When it answers again, run `flotilla verify`.',
    reference: 'Docker docs: swarm mode, node status.',
  },
  'stream-local-forbidden': {
    level: 'L0',
    severity: 'note',
    title: 'sshd forbids forwarding to a socket, so the engine is reached by a command instead.',
    symptom: 'Everything works, a little slower: each connection to the engine takes a session of its own.',
    found: 'sshd refuses the stream-local channel as administratively prohibited; `docker system dial-stdio` works.',
    fix: 'Nothing has to be done. To make it faster set `AllowStreamLocalForwarding yes` in `/etc/ssh/sshd_config` of <host> and run `systemctl reload ssh`.',
    reference: 'sshd_config(5): AllowStreamLocalForwarding, DisableForwarding.',
  },
  'socket-forbidden': {
    level: 'L0',
    severity: 'error',
    title: 'The SSH user may not use the Docker socket.',
    symptom: '`permission denied while trying to connect to the Docker daemon socket`.',
    found:
      'The socket is there and the engine runs, but opening it is refused for this user, with and without `sudo -n`.',
    fix: 'On <host>: `sudo usermod -aG docker <user>`, then log in anew; or let the user run `sudo -n docker system dial-stdio`. Who may use this socket is root on that host.',
    reference: 'Docker docs: manage Docker as a non-root user; protect the daemon socket.',
  },
  'socket-unreachable': {
    level: 'L0',
    severity: 'error',
    title: 'Both ways to the Docker socket are closed: forwarding is forbidden, and no command can be run instead.',
    symptom: 'SSH works, but every call to the engine fails; `open failed: administratively prohibited`.',
    found:
      'sshd refuses the stream-local channel, and `docker system dial-stdio` cannot be run (no docker command, or a forced command).',
    fix: 'On <host> do one of two: set `AllowStreamLocalForwarding yes` in `/etc/ssh/sshd_config` and `systemctl reload ssh`; or install the docker command line (`apt-get install docker-cli`) and take the forced command off the key.',
    reference: 'sshd_config(5): AllowStreamLocalForwarding, ForceCommand; docker system dial-stdio.',
  },
  'host-not-seen': {
    level: 'L0',
    severity: 'error',
    title: 'The host could not be looked at, so nothing is known of it.',
    symptom: 'Its row in the report is unknown; the rest of the cluster is reported.',
    found: 'A call to the host failed for a reason that names no single cause; the reason is in the evidence.',
    fix: 'Make <host> answer again (`flotilla host probe <host>` tells more), then run `flotilla verify`.',
    reference: 'Flotilla: what could not be seen is never taken as not there.',
  },
} satisfies CauseTexts;
