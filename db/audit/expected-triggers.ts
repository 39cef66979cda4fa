import type { RunQuery } from '../reader.ts';
import { sha256 } from '../sha256-web.ts';
import { selectTriggersSql, triggersOf } from './triggers-of.ts';

/** SHA-256 of the text of each trigger as the migrations make it, for where they cannot be run to see; a test holds it. */
export const expectedTriggers: Readonly<Record<string, string>> = {
  audit_events_no_delete: 'db4f9a2e23b33b0faba703ee114f896cdf7bf154f8dd4a9c6f0e6aa5b6951362',
  audit_events_no_update: 'e411be4d7d5e0e079d9a40fc37bb085808961558ae8633554db7744cb8876f46',
  audit_events_only_next: '4ff777d17471103262479628433246bc7226777b12b8af1b019b7cbc5947baa1',
  audit_events_unworded: '2c027a0818c9f450e5cdfb6e92f559f4664870a35ba6385003bab9db3727f734',
  audit_prunes_no_delete: '65a12d7a30e592a1e48e2440dac7fd04bf58db1c1809169b62e2189112b8de79',
  audit_prunes_no_update: '77244c8bcc1ed960536ecb063386932198d905d9f0355913b9e4922310bf46cc',
  audit_prunes_not_all: 'fb7a55916c35bbab144ebbad95c4ded9d521892fc1bf399cf27476038b3a55e1',
  guard_refuses: '8d6cb43bc289f213515daea18a17b4b511b0aac66f5dcd1a705e98459a3c3c3d',
};

/** Names of triggers that are missing or not word for word as the migrations make them. */
export async function changedFromExpected(query: RunQuery): Promise<string[]> {
  const found = triggersOf(await query(selectTriggersSql, []));
  const changed: string[] = [];
  for (const [name, wanted] of Object.entries(expectedTriggers)) {
    const text = found.get(name);
    if (text === undefined || (await sha256(text)) !== wanted) changed.push(name);
  }
  return changed;
}
