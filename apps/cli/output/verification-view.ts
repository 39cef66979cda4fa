import { notTested } from '#core/reports/not-tested.ts';
import { countsOf, type Report, routeOf, tooMany, verdictText } from '#core/reports/report.ts';
import type { Verification } from '#core/verification.ts';
import { count, duration } from './duration.ts';
import { findingsLines } from './finding-view.ts';
import { matrix } from './matrix.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';

export interface VerificationOptions extends TableOptions {
  /** List every failed check and every finding; else the first ones. */
  verbose?: boolean;
}

const failedShown = 12;

/** The whole answer of a verification: verdict, matrix, findings with fixes, failed checks, and what was not seen. */
export function verificationLines(
  seen: Verification,
  { paint = noColours, width, verbose = false }: VerificationOptions = {},
  kind: Report['kind'] = 'verification',
) {
  const blocks = [
    verdictLines(seen, kind, paint),
    seen.nodes.length > 1 ? matrix(seen, paint, width) : [],
    findingsLines(seen.findings, { paint, width, verbose }),
    failedLines(seen, { paint, width, verbose }),
    unseenLines(seen, paint),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}

/** A stored report, of whichever kind. */
export const reportLines = ({ hosts, kind, ...seen }: Report, options: VerificationOptions = {}): string[] =>
  verificationLines({ ...seen, nodes: hosts }, options, kind);

function verdictLines(seen: Verification, kind: Report['kind'], paint: Paint): string[] {
  const { verdict, pairs, nodes, sampled, seconds } = seen;
  const { reached, ...counts } = countsOf(seen);
  const text = verdictText({ kind, verdict });
  const head = {
    passed: paint.green(`✓ ${text}`),
    failed: paint.red(`✗ ${text}`),
    incomplete: paint.yellow(`? ${text}`),
  }[verdict];
  const ran = counts.ok + counts.failed + counts.unknown;
  const facts = [
    count(nodes.length, 'node'),
    ...(pairs.length > 0 ? [`${reached} of ${count(pairs.length, 'pair')} reached`] : []),
    `${count(ran, 'check')} made`,
    duration(seconds * 1000),
  ];
  const all = nodes.length * (nodes.length - 1);
  const note = sampled
    ? [paint.dim(`Sampled: ${pairs.length} of ${all} pairs were tested. All: --connectivity full`)]
    : [];
  return [`${paint.bold(head)} (${facts.join(', ')})`, ...note];
}

/** Every failed check that was kept, or the first twelve. */
export function failedLines(
  seen: Pick<Report, 'checks' | 'counted' | 'pairs'>,
  { paint = noColours, width, verbose = false }: VerificationOptions,
): string[] {
  const all = countsOf(seen).failed;
  if (all === 0) return [];
  const failed = seen.checks.filter((check) => check.result === 'failed');
  const shown = verbose ? failed : failed.slice(0, failedShown);
  const rest = failed.length - shown.length;
  const dropped = all - failed.length;
  const rows = shown.map((check) => [
    `${paint.red('✗')} ${check.level} ${check.check}`,
    routeOf(check),
    check.target,
    check.detail,
  ]);
  const [, ...lines] = table([{ title: '' }, { title: '' }, { title: '' }, { title: '', elastic: true }], rows, {
    width,
  });
  return [
    paint.bold(`Failed checks (${all})`),
    ...lines,
    ...(rest > 0 ? [paint.dim(`  and ${rest} more: --verbose shows them`)] : []),
    ...(dropped > 0 ? [paint.dim(`  and ${dropped} more, ${tooMany}`)] : []),
  ];
}

/** Checks without an answer, one line per check and reason: never counted as passed, never left out. */
export function unseenLines(seen: Pick<Report, 'checks' | 'counted'>, paint: Paint): string[] {
  const lines = notTested(seen).map(({ result, level, check, where, why }) => {
    const isUnknown = result === 'unknown';
    const mark = isUnknown ? paint.yellow('?') : paint.dim('·');
    return `${mark} ${level} ${check}  ${isUnknown ? 'not known' : 'skipped'} (${where}): ${why}`;
  });
  return lines.length === 0 ? [] : [paint.bold('Not tested'), ...lines];
}
