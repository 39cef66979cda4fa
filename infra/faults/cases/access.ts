import type { FaultName, FaultOptions } from '#lab/faults/types.ts';
import type { CauseId } from '#core/causes/catalogue.ts';
import { endSessions } from './addresses.ts';
import { putBack } from './put-back.ts';
import type { FaultCase } from './types.ts';

interface AccessFault {
  name: string;
  faults: [FaultName, FaultOptions?][];
  id: CauseId;
  /** It narrows the way in and closes none. */
  asNote?: boolean;
  /** The engine is started anew. */
  restarts?: boolean;
}

const accessFaults: AccessFault[] = [
  { name: 'ssh-port', faults: [['ssh-port', { direction: 'in' }]], id: 'ssh-port-closed' },
  { name: 'ssh-port-rejected', faults: [['ssh-port', { direction: 'in', reject: true }]], id: 'ssh-port-closed' },
  { name: 'ssh-key-refused', faults: [['key-refused']], id: 'ssh-key-refused' },
  { name: 'ssh-host-key', faults: [['host-key']], id: 'ssh-host-key-changed' },
  { name: 'stream-local', faults: [['no-stream-local']], id: 'stream-local-forbidden', asNote: true },
  { name: 'socket-ways-closed', faults: [['no-forwarding'], ['no-docker-cli']], id: 'socket-unreachable' },
  { name: 'engine-frozen', faults: [['engine-frozen']], id: 'engine-frozen' },
  { name: 'engine-down', faults: [['engine-down']], id: 'engine-down', restarts: true },
];

/** The way to a host, to its socket, and whether somebody answers there. */
export const accessCases: FaultCase[] = [
  ...accessFaults.flatMap(({ name, faults, id, asNote, restarts }) =>
    (['verify', 'preflight'] as const).map((by): FaultCase => ({
      name: by === 'verify' ? name : `pre-${name}`,
      stage: by === 'verify' ? 'formed' : 'bare',
      by,
      async inject({ bad }) {
        for (const [fault, options] of faults) await bad.fault(fault, options);
        await endSessions(bad);
        return { id, hosts: [bad.name], ...(asNote === true ? { asNote } : {}) };
      },
      /** sshd holds a session to what was allowed when it began. */
      async heal(site) {
        const { bad } = site;
        for (const [fault] of faults) await bad.heal(fault);
        await endSessions(bad);
        if (restarts === true && by === 'verify') await putBack(site);
      },
    })),
  ),
  {
    name: 'pre-socket-forbidden',
    stage: 'bare',
    by: 'preflight',
    async inject({ lab, plane, bad }) {
      await plane.useUser(lab, bad.name, 'ops');
      await bad.fault('socket-forbidden');
      return { id: 'socket-forbidden', hosts: [bad.name] };
    },
    heal: ({ lab, plane, bad }) => plane.useUser(lab, bad.name, bad.user),
  },
];
