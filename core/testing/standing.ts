import type { Observation, StandingFacts } from '../observation.ts';
import { known } from '../observed.ts';

/** As `docker run -d --name tool --network front -e TOKEN=abc -p 8099:80 -v tooldata:/var/x nginx` makes it. */
export const standingTool: StandingFacts = {
  id: '3ad7cacf06050f51152749d1a1121df3ee251c63166a104ff9babf6ab9256428',
  name: 'tool',
  config: {
    Hostname: '3ad7cacf0605',
    Env: ['TOKEN=abc', 'PATH=/usr/bin'],
    Cmd: ['nginx'],
    Image: 'nginx',
    Labels: {},
    StopSignal: 'SIGQUIT',
  },
  hostConfig: {
    LogConfig: { Type: 'json-file', Config: {} },
    NetworkMode: 'front',
    PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8099' }] },
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    IpcMode: 'private',
    ShmSize: 67_108_864,
    Runtime: 'runc',
  },
  mounts: [{ Type: 'volume', Name: 'tooldata', Destination: '/var/x', Driver: 'local', RW: true, Propagation: '' }],
  networks: { front: ['3ad7cacf0605'] },
  image: { Env: ['PATH=/usr/bin'], Cmd: ['nginx'], StopSignal: 'SIGQUIT' },
};

/** With what the containers of one host were asked to be. */
export const withStanding = (observation: Observation, host: string, ...facts: StandingFacts[]): Observation => ({
  ...observation,
  standing: { ...observation.standing, [host]: known(facts) },
});
