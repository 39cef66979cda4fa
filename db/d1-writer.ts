import { selectHeadSql } from './audit-row.ts';
import type { ChainHead } from '#core/audit/chain.ts';
import { type Batch, batchOf } from './d1-batch.ts';
import { committed, doorbellsOf, landedOf, lateOutcome, notKnown, tooMany } from './d1-outcome.ts';
import { type D1Port, bound, d1Query } from './d1-port.ts';
import { failureOf } from './failure.ts';
import { headOf, laterOf } from './head.ts';
import { inTurn } from './in-turn.ts';
import { schemaRefusal, selectSchemaSql } from './schema-number.ts';
import type { PlainUnit } from './unit.ts';
import type { Write, WriteResult } from './write.ts';

/** How often a unit is tried while other writers are faster or the link breaks; the pause before a try, at most. */
const attemptsMax = 12;
const pauseMsMax = 1000;
const name = 'The D1 database';

export interface D1Options {
  database: D1Port;
  /** Milliseconds since the epoch: the time of audit events. */
  now: () => number;
}

export interface D1Writer {
  write: Write;
  /** Waits for the writes that were asked for; refuses later ones. */
  close: () => Promise<void>;
}

/**
 * Carries out units on D1 one after the other, each as one batch that asserts the head of the chain behind which its
 * events were hashed. When a writer elsewhere moved the head, nothing was written: read it again, hash anew, try again.
 * The same makes a broken link safe: two tries of a unit assert heads that exclude each other, so at most one of them
 * lands, and the hash of its last event tells which. Units without events have no such mark and are not tried twice.
 */
export function d1Writer({ database, now }: D1Options): D1Writer {
  const query = d1Query(database);
  const turns = inTurn();
  let known: ChainHead | null = null;
  let headRow: unknown[] | undefined;

  async function attempt(unit: PlainUnit, doubtful: Batch[]): Promise<WriteResult | 'again'> {
    const landed = await landedOf(query, doubtful);
    if (landed !== null) return lateOutcome(query, landed);
    if (known === null) {
      const refusal = schemaRefusal((await query(selectSchemaSql, []))[0]?.[0], name);
      if (refusal !== null) return { kind: 'refused', refusal };
      [headRow] = await query(selectHeadSql, []);
      known = headOf(headRow);
    }
    const batch = await batchOf(unit, known, laterOf(new Date(now()).toISOString(), headRow));
    if (batch.statements.length === 0) return committed(batch, []);
    try {
      const answers = await database.batch(batch.statements.map((statement) => bound(database, statement)));
      known = batch.after;
      if (unit.events.length > 0) headRow = [known.sequence, known.hash, batch.at];
      return committed(batch, doorbellsOf(batch, answers));
    } catch (error) {
      if (failureOf(error, name).kind === 'unknown') doubtful.push(batch);
      throw error;
    }
  }

  function afterFailure(error: unknown, unit: PlainUnit, doubtful: Batch[]): WriteResult | 'again' {
    const failure = failureOf(error, name);
    if (failure.kind === 'guard' || failure.kind === 'refused' || failure.kind === 'rehearsed') return failure;
    known = null;
    if (failure.kind === 'fault') throw error;
    if (failure.kind === 'head-moved') return 'again';
    if (failure.kind === 'unknown' && unit.events.length > 0) return 'again';
    if (doubtful.length > 0) return { kind: 'refused', refusal: notKnown };
    if (failure.kind === 'unavailable') return { kind: 'refused', refusal: failure.refusal };
    throw error;
  }

  async function write(unit: PlainUnit): Promise<WriteResult> {
    const doubtful: Batch[] = [];
    for (let count = 1; count <= attemptsMax; count++) {
      const result = await attempt(unit, doubtful).catch((error: unknown) => afterFailure(error, unit, doubtful));
      if (result !== 'again') return result;
      await pause(Math.random() * Math.min(pauseMsMax, 10 * 2 ** count));
    }
    return { kind: 'refused', refusal: doubtful.length > 0 ? notKnown : tooMany };
  }

  return { write: (unit) => turns.run(() => write(unit)), close: () => turns.close() };
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
