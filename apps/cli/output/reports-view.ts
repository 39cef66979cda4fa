import type { PairHistory, ReportSummary } from '#core/reports/report.ts';
import { lengthText } from '#core/length.ts';
import type { Schedule } from '#core/schedule.ts';
import { ago, duration } from './duration.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';

const verdictText = (verdict: ReportSummary['verdict'], paint: Paint): string =>
  ({ passed: paint.green('✓ passed'), failed: paint.red('✗ failed'), incomplete: paint.yellow('? incomplete') })[
    verdict
  ];

/** A table of reports, in the order given. */
export const summariesLines = (items: ReportSummary[], nowMs: number, options: TableOptions = {}): string[] =>
  table(
    [
      { title: 'VERDICT' },
      { title: 'PAIRS', align: 'right' },
      { title: 'CAUSES', wraps: true },
      { title: 'WHEN' },
      { title: 'TOOK', align: 'right', spare: true },
      { title: 'REPORT' },
    ],
    items.map((one) => [
      verdictText(one.verdict, options.paint ?? noColours),
      one.pairs === 0 ? '-' : `${one.reached}/${one.pairs}`,
      one.causes.join(', ') || '-',
      ago(one.startedAt, nowMs),
      duration(one.seconds * 1000),
      one.id,
    ]),
    options,
  );

/** What reports said of one pair, in the order given. */
export function pairHistoryLines(items: PairHistory[], nowMs: number, options: TableOptions = {}): string[] {
  const paint = options.paint ?? noColours;
  const texts = {
    ok: paint.green('✓ reached'),
    failed: paint.red('✗ failed'),
    unknown: paint.yellow('? not known'),
    skipped: paint.dim('· not tested'),
  };
  return table(
    [
      { title: 'RESULT' },
      { title: 'ROUND TRIP', align: 'right' },
      { title: 'LOST', align: 'right' },
      { title: 'WHEN' },
      { title: 'REPORT', elastic: true },
    ],
    items.map(({ result, rttMs, loss, startedAt, report }) => [
      texts[result],
      rttMs === null ? '-' : `${rttMs.toFixed(2)} ms`,
      loss === undefined ? '-' : `${Math.round(loss * 100)} %`,
      ago(startedAt, nowMs),
      report,
    ]),
    options,
  );
}

/** `verified every 15m, next in 3 min`, or that it is not. */
export function scheduleText(schedule: Schedule | null, nowMs: number): string {
  if (schedule === null) return 'verified only when somebody asks';
  const { everySeconds, nextAt, createdBy } = schedule;
  const inMs = Date.parse(nextAt) - nowMs;
  const next = inMs <= 0 ? 'due now' : `next in ${duration(inMs)}`;
  return `verified every ${lengthText(everySeconds)}, ${next} (set by ${createdBy})`;
}
