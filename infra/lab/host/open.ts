import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { activeFaults, heal, inject } from '../faults/inject.ts';
import { addressesOf } from '../network/subnet.ts';
import { hostPaths, labPaths } from '../paths.ts';
import type { HostRecord, LabRecord } from '../state.ts';
import type { LabHost } from '../types.ts';
import { endEngine, execIn, release, socketOf, waitForEngine } from './engine.ts';
import { changingCalls, readFrom, sizeOf } from './engine-log.ts';

/** A host as tests and commands use it. It reads `record` anew each time, so that it survives a renewal. */
export function openHost(lab: LabRecord, record: HostRecord): LabHost {
  const paths = hostPaths(labPaths(lab.id), record.name);
  const startEngine = async (): Promise<void> => {
    await release(record.pid, 'dockerd');
    await waitForEngine(record.pid);
  };
  return {
    name: record.name,
    address: addressesOf(lab.number).host(record.index),
    engine: record.engine,
    sshPort: 22,
    user: 'root',
    sshKeyFile: labPaths(lab.id).sshKey,
    get socketPath() {
      return socketOf(record.pid);
    },
    get pid() {
      return record.pid;
    },
    hostKeyFingerprint: (algorithm = 'ed25519') =>
      fingerprint(join(paths.upper, 'etc/ssh', `ssh_host_${algorithm}_key.pub`)),
    exec: (argv, options) => execIn(record.pid, argv, options),
    engineLog: (from = 0) => readFrom(paths.engineLog, from),
    engineMark: () => sizeOf(paths.engineLog),
    engineCalls: async (from = 0) => changingCalls(await readFrom(paths.engineLog, from)),
    stopEngine: () => endEngine(record.pid, 'TERM'),
    startEngine,
    restartEngine: async () => {
      await endEngine(record.pid, 'TERM');
      await startEngine();
    },
    fault: (name, options = {}) => inject({ lab, host: record }, { name, options }),
    heal: (name) => heal({ lab, host: record }, name),
    faults: () => activeFaults({ lab, host: record }),
  };
}

async function fingerprint(publicKeyFile: string): Promise<string> {
  const [, key = ''] = (await readFile(publicKeyFile, 'utf8')).split(' ');
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}
