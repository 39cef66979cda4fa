import { htmlOf } from '#core/reports/html/page.ts';
import { junitOf } from '#core/reports/junit.ts';
import type { Report } from '#core/reports/report.ts';
import type { Output } from '#cli/session.ts';

/** A report as a file for others; nothing for the outputs that are not files of their own. */
export function reportText(output: Output, report: Report): string[] {
  if (output === 'junit') return [junitOf(report).trimEnd()];
  return output === 'html' ? [htmlOf(report).trimEnd()] : [];
}
