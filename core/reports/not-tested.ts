import type { CheckResult } from '../verification.ts';
import { type Report, routeOf, tooMany } from './report.ts';

export interface NotTested {
  result: 'unknown' | 'skipped';
  level: CheckResult['level'];
  check: string;
  /** Where: `h1 → h2`, or how often and where first. */
  where: string;
  why: string;
}

/** Checks without an answer, one entry for each check and reason: never counted as passed, never left out. */
export function notTested({ checks, counted = [] }: Pick<Report, 'checks' | 'counted'>): NotTested[] {
  const groups = Map.groupBy(checks.filter(isOpen), ({ result, level, check, to, detail }) =>
    JSON.stringify([result, level, check, to === null ? detail : detail.replaceAll(` ${to} `, ' its peer ')]),
  );
  const kept = [...groups.values()].flatMap((group): NotTested[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { result, level, check, detail: why } = first;
    return [{ result, level, check, why, where: timesText(group.length, routeOf(first)) }];
  });
  const more = counted.filter(isOpen).map(({ count, ...one }): NotTested => ({ ...one, where: `${count} more`, why }));
  return [...kept, ...more];
}

const why = `${tooMany} reason`;

const isOpen = <T extends Pick<CheckResult, 'result'>>(one: T): one is T & Pick<NotTested, 'result'> =>
  one.result === 'unknown' || one.result === 'skipped';

const timesText = (count: number, first: string): string => (count === 1 ? first : `${count}×, first ${first}`);
