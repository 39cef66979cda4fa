import type { CheckResult, Counted } from '../verification.ts';
import type { Report } from './report.ts';

/**
 * Checks that are kept one by one, some 0.8 MB of them. All pairs of two hundred hosts are two hundred thousand checks
 * and 35 MB, which no worker could hand over and no database should keep five hundred times.
 */
export const checksKept = 5000;

const worstFirst: readonly CheckResult['result'][] = ['failed', 'unknown', 'skipped'];

/** The same with what is beyond `checksKept` told by numbers: first what passed, and of the rest what matters least. */
export function condensed<T extends Pick<Report, 'checks' | 'counted'>>(report: T): T {
  if (report.checks.length <= checksKept) return report;
  const kept = new Set(
    worstFirst.flatMap((result) => report.checks.filter((check) => check.result === result)).slice(0, checksKept),
  );
  const checks = report.checks.filter((check) => kept.has(check));
  return { ...report, checks, counted: countedOf(report.checks.filter((check) => !kept.has(check))) };
}

const countedOf = (checks: readonly CheckResult[]): Counted[] =>
  [...Map.groupBy(checks, ({ level, check, network, result }) => [level, check, network, result].join(' ')).values()]
    .flatMap(([first, ...rest]): Counted[] => {
      if (first === undefined) return [];
      const { level, check, network, result } = first;
      return [{ level, check, network, result, count: rest.length + 1 }];
    })
    .toSorted((a, b) => a.level.localeCompare(b.level));
