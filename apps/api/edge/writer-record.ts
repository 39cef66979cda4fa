import { logFormOf, logTo } from '#core/log.ts';
import { changedFromExpected } from '#db/audit/expected-triggers.ts';
import type { RunQuery } from '#db/reader.ts';
import { d1Query } from '#db/d1-port.ts';
import { schemaRefusal, selectSchemaSql } from '#db/schema-number.ts';
import { sha256 } from '#db/sha256-web.ts';
import { storeOver } from '#db/store-over.ts';
import type { Write } from '#db/write.ts';
import { everyMs, type Push } from '../record/port.ts';
import { pushByPost } from '../record/push-post.ts';
import { Signer } from '../record/signer.ts';
import type { Env } from './env.ts';
import { auditKeyOf } from './audit-key.ts';
import { notesIn } from './notes.ts';
import { settingsOf } from './settings.ts';

/** A record that was never signed is long perhaps, and an object has little time: the rest is signed the next time. */
const eventsMax = 5000;

/**
 * Who signs, in the object through which everything is written. Null where there is no key, and while the database is not
 * of this schema: then nothing can be written, and what its triggers are says nothing.
 */
export async function writerSigner(env: Env, storage: DurableObjectStorage, write: Write): Promise<Signer | null> {
  const key = await auditKeyOf(env);
  if (key === null) return null;
  const query = d1Query(env.DB);
  if (!(await isMigrated(query))) return null;
  return await Signer.start({
    store: storeOver({ query, write, close: async () => {} }),
    key,
    file: notesIn(storage),
    push: pushOf(env),
    changedTriggers: () => changedFromExpected(query),
    hashBytes: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)),
    sha256,
    nowMs: Date.now,
    log: logTo((entry) => console.error(entry), logFormOf(settingsOf(env), false)),
    eventsMax,
  });
}

async function isMigrated(query: RunQuery): Promise<boolean> {
  try {
    return schemaRefusal((await query(selectSchemaSql, []))[0]?.[0], '') === null;
  } catch {
    return false;
  }
}

/** What is to be signed although it is few events: it is new, and the last checkpoint is ten minutes old. */
export async function signWhenDue(signer: Signer, env: Env): Promise<void> {
  const { last } = signer.state;
  if (last !== null && Date.now() - Date.parse(last.at) < everyMs) return;
  const head = await storeOver({ query: d1Query(env.DB), write: never, close: async () => {} }).head();
  if (head.sequence > (last?.size ?? 0)) await signer.checkpoint();
}

const never: Write = () => Promise.reject(new Error('Nothing is written here.'));

const pushOf = ({ FLOTILLA_AUDIT_PUSH: url }: Env): Push | null =>
  url === undefined || url.trim() === '' ? null : (note) => pushByPost(url, note);
