import { parseCheckpoint } from '#core/audit/checkpoint.ts';
import type { RecordFault } from '#core/audit/faults.ts';
import type { VerifierKey } from '#core/audit/signed-note.ts';
import type { RecordKeeper } from '../record/port.ts';
import type { Env } from './env.ts';

/** What the writer tells of the record; a checkpoint goes as its signed note. */
export interface ToldRecord {
  fault: RecordFault | null;
  last: string | null;
  failedPushes: number;
}

/** What can be asked of the writer beside writing, as paths. */
export const asks = {
  state: '/record',
  sign: '/sign',
  signWhenDue: '/sign-when-due',
  notes: '/notes',
  triggers: '/triggers',
};

/** The one writer, wherever it lives. */
export async function askWriter({ WRITER }: Env, path: string, body?: string): Promise<Response> {
  const writer = WRITER.get(WRITER.idFromName('writer'));
  const response = await writer.fetch(`http://writer${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
  });
  if (!response.ok) throw new Error(`The writer answered ${response.status}.`);
  return response;
}

export interface EdgeRecord extends RecordKeeper {
  /** Signs when there is something new and it is time. */
  keepTime: () => Promise<void>;
}

/** The record as an isolate sees it: key, checkpoints and faults are the writer's. */
export function edgeRecord(env: Env, verifier: VerifierKey): EdgeRecord {
  const checkpointOf = (note: string | null) => (note === null ? null : parseCheckpoint(note));
  return {
    verifier,
    async state() {
      const { last, ...told } = await (await askWriter(env, asks.state)).json<ToldRecord>();
      return { ...told, last: checkpointOf(last) };
    },
    checkpoint: async () => checkpointOf(await (await askWriter(env, asks.sign)).json<string | null>()),
    notes: async () => await (await askWriter(env, asks.notes)).json<string[]>(),
    changedTriggers: async () => await (await askWriter(env, asks.triggers)).json<string[]>(),
    async keepTime() {
      await askWriter(env, asks.signWhenDue);
    },
  };
}
