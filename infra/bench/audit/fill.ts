import { join } from 'node:path';
import type { Actor } from '#core/actor.ts';
import type { AuditDraft } from '#core/audit.ts';
import { dayMs } from '#core/length.ts';
import { cellsOf, insertWordsSql } from '#db/audit-row.ts';
import { unitWriter } from '#db/sqlite-unit.ts';
import { openConnections } from '#db/sqlite-open.ts';

const names = ['ada', 'bob', 'eve', 'grace', 'linus', 'mary', 'zoe'];
const actions = ['operation.requested', 'operation.ended', 'plan.accepted', 'revision.proposed', 'host.added'];
const atOnce = 20_000;

/** The event of a number: twenty clusters, seven persons, a failure now and then, words in the reason. */
function draftOf(number: number): AuditDraft {
  const action = actions[number % actions.length] ?? '';
  const name = names[(number * 7) % 11] ?? 'ada';
  const actor: Actor = { kind: 'person', person: `per_${name}`, name, via: 'token:bench' };
  const operation = `op_${Math.floor(number / 3)}`;
  return {
    action,
    actor,
    source: number % 4 === 0 ? 'http' : 'cli',
    outcome: action === 'operation.requested' ? 'recorded' : number % 53 === 0 ? 'failed' : 'succeeded',
    cluster: `cluster-${(number * 13) % 20}`,
    target: action === 'host.added' ? { kind: 'host', id: `h${number % 300}` } : { kind: 'operation', id: operation },
    operation,
    reason: number % 9 === 0 ? `because of ticket ${number % 5000}` : null,
    details: action === 'plan.accepted' ? { risk: number % 7 === 0 ? 'high' : 'low', steps: number % 9 } : { number },
  };
}

/** Fills an empty record with so many events, chained as the store does it. Indexes are made at the end. */
export function fillRecord(dataDir: string, events: number, say: (line: string) => void): void {
  const { writer, reader } = openConnections(join(dataDir, 'flotilla.db'));
  reader.close();
  const later = writer
    .prepare<[], { type: string; name: string; sql: string }>(
      "select type, name, sql from sqlite_master where tbl_name = 'audit_events' and sql is not null and type in ('index', 'trigger')",
    )
    .all();
  for (const { type, name } of later) writer.exec(`drop ${type} ${name}`);
  const start = Date.now() - 90 * dayMs;
  let nowMs = start;
  const { chainEnd } = unitWriter(writer, () => nowMs);
  for (let from = 0; from < events; from += atOnce) {
    writer.transaction(() => {
      const end = chainEnd();
      for (let number = from; number < Math.min(events, from + atOnce); number += 1) {
        nowMs = start + Math.floor((number / events) * 90 * dayMs);
        end.append([cellsOf(draftOf(number))]);
      }
      end.insert();
    })();
  }
  say(`${events} events written; making indexes`);
  for (const { sql } of later) writer.exec(sql);
  writer.exec(insertWordsSql);
  writer.close();
}
