import { and, eq, isNull } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import { newId } from '#core/ids.ts';
import { insertInto, update } from '#db/change.ts';
import { noRow } from '#db/guard.ts';
import { persons, tokens } from '#db/schema/index.ts';
import { timeOf } from './commit.ts';
import type { Deps } from './deps.ts';
import { tokenRow, startEvent } from './start-record.ts';
import { makeToken, type MadeToken } from './tokens.ts';

type Needs = Pick<Deps, 'store' | 'nowMs' | 'sha256'>;

/**
 * At the first start: a person with the role admin, and the token to come in with. It is returned this once and kept
 * as a hash only. Null when there are persons already, also when another process was first by a moment. `keep` is given
 * the token before it counts: a process that dies in between leaves one that is good for nothing, never none at all.
 */
export async function bootstrapAdmin(
  { store, nowMs, sha256 }: Needs,
  personName: string,
  { keep = () => {}, token = makeToken() }: { keep?: (token: string) => void; token?: MadeToken } = {},
): Promise<string | null> {
  if ((await store.read.$count(persons)) > 0) return null;
  const createdAt = timeOf(nowMs());
  const person = newId('per', nowMs());
  keep(token.text);
  try {
    await store.commit({
      expects: [noRow('there are no persons', store.read.select({ id: persons.id }).from(persons))],
      changes: [
        insertInto(persons).values({ id: person, name: personName, role: 'admin', createdAt }),
        insertInto(tokens).values(
          await tokenRow({ nowMs, sha256 }, token, { person, role: 'admin', label: 'first token' }),
        ),
      ],
      events: [
        startEvent('person.created', { kind: 'person', id: person }, { name: personName }),
        startEvent('token.created', { kind: 'token', id: token.id }, { person, role: 'admin' }),
      ],
    });
    return token.text;
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return null;
    throw error;
  }
}

const ofWorkers = { role: 'worker', label: 'worker' } as const;

/** The token that workers use: the saved one while it is good, else a new one in the place of the old. */
export async function workerToken({ store, nowMs, sha256 }: Needs, saved: string | undefined): Promise<string> {
  const isWorkers = and(eq(tokens.role, ofWorkers.role), eq(tokens.label, ofWorkers.label), isNull(tokens.revokedAt));
  const known = await store.read.select({ sha256: tokens.sha256 }).from(tokens).where(isWorkers);
  const savedHash = saved === undefined ? null : await sha256(saved);
  if (saved !== undefined && known.some((row) => row.sha256 === savedHash)) return saved;
  const token = makeToken();
  await store.commit({
    changes: [
      update(tokens)
        .set({ revokedAt: timeOf(nowMs()) })
        .where(isWorkers),
      insertInto(tokens).values(await tokenRow({ nowMs, sha256 }, token, ofWorkers)),
    ],
    events: [startEvent('token.created', { kind: 'token', id: token.id }, { role: 'worker', replaces: known.length })],
  });
  return token.text;
}

/** A token for workers that was made elsewhere. Nothing happens when it is known, also when it was revoked since. */
export async function addWorkerToken({ store, nowMs, sha256 }: Needs, token: MadeToken): Promise<void> {
  const isKnown = store.read.select({ id: tokens.id }).from(tokens).where(eq(tokens.id, token.id));
  if ((await isKnown).length > 0) return;
  try {
    await store.commit({
      expects: [noRow('nobody has added it', isKnown)],
      changes: [insertInto(tokens).values(await tokenRow({ nowMs, sha256 }, token, ofWorkers))],
      events: [startEvent('token.created', { kind: 'token', id: token.id }, { role: 'worker', replaces: 0 })],
    });
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'conflict')) throw error;
  }
}
