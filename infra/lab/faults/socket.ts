import type { Fault } from './types.ts';

const socket = '/run/docker.sock';
const docker = '/usr/bin/docker';

/** Root reads every socket; the accounts that Docker was given to do not any more. */
export const socketForbidden: Fault = {
  says: 'take the right on the Docker socket away from everybody but root',
  reads: [],
  async inject({ inHost }) {
    await inHost(['chgrp', 'root', socket]);
  },
  async heal({ inHost }) {
    await inHost(['chgrp', 'docker', socket]);
  },
  async isThere({ ask }) {
    return (await ask(['stat', '--format=%G', socket])).stdout.trim() === 'root';
  },
};

/** With `no-forwarding`, both ways to the socket are closed. */
export const noDockerCli: Fault = {
  says: 'take the docker command away, so that `docker system dial-stdio` cannot be had',
  reads: [],
  async inject({ inHost }) {
    await inHost(['rm', '-f', docker]);
  },
  /** From the root that all hosts share. */
  async heal({ host, onMachine }) {
    await onMachine(['cp', '--archive', `${host.root}${docker}`, `/proc/${host.pid}/root${docker}`]);
  },
  isThere: async ({ ask }) => (await ask(['test', '-e', docker])).code !== 0,
};
