import { moment } from '#core/moments.ts';
import type { AuditEvent } from '#core/audit.ts';
import { actorName } from './actor-text.ts';
import { noColours, type Paint } from './paint.ts';
import { endOfId } from './operations-view.ts';
import { table, type Column, type TableOptions } from './table.ts';

const outcomeText = (outcome: AuditEvent['outcome'], paint: Paint): string =>
  ({
    intent: paint.cyan,
    succeeded: paint.green,
    failed: paint.red,
    unknown: paint.red,
    denied: paint.red,
    refused: paint.yellow,
    cancelled: paint.yellow,
    recorded: paint.dim,
  })[outcome](outcome);

const targetText = ({ target }: AuditEvent): string => (target === null ? '-' : `${target.kind} ${target.id}`);

const withoutYear = (time: string): string => time.replace(/^\d{4}-/, '');

/** A table of audit events, in the order given. The hash is cut: `--output json` has it whole. */
export function auditLines(events: AuditEvent[], options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  return usedColumns(
    [
      { title: '#', align: 'right' },
      { title: 'TIME', brief: withoutYear },
      { title: 'WHO', elastic: true, brief: (who) => who.replace(/ \(\w+\)$/, '') },
      { title: 'ACTION' },
      { title: 'OUTCOME' },
      { title: 'CLUSTER', spare: true },
      { title: 'ON', elastic: true, brief: (on) => endOfId(on).replace(/^\w+ /, '') },
      { title: 'REASON', elastic: true },
      { title: 'HASH', spare: true },
    ],
    events.map((event) => [
      String(event.sequence),
      moment(event.at),
      event.source === 'cli' || event.source === 'http'
        ? `${actorName(event.actor)} (${event.source})`
        : actorName(event.actor),
      event.action,
      outcomeText(event.outcome, paint),
      event.cluster ?? '-',
      targetText(event),
      event.reason ?? '-',
      paint.dim(event.hash.slice(0, 8)),
    ]),
    options,
  );
}

/** A column that says nothing for any event is left out: it only takes room from the others. */
function usedColumns(columns: Column[], rows: string[][], options: TableOptions): string[] {
  const isUsed = columns.map((_, at) => rows.some((row) => row[at] !== '-'));
  return table(
    columns.filter((_, at) => isUsed[at]),
    rows.map((row) => row.filter((_, at) => isUsed[at])),
    options,
  );
}
