import { type Report, routeOf, verdictText } from '#core/reports/report.ts';
import type { CheckResult, Verification } from '#core/verification.ts';
import { count, duration } from './duration.ts';
import { findingsLines } from './finding-view.ts';
import { matrix } from './matrix.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';

export interface VerificationOptions extends TableOptions {
  /** List every failed check; else the first twelve. */
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
    findingsLines(seen.findings, { paint, width }),
    failedLines(seen.checks, { paint, width, verbose }),
    unseenLines(seen.checks, paint),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, at) => (at === 0 ? block : ['', ...block]));
}

/** A stored report, of whichever kind. */
export const reportLines = ({ hosts, kind, ...seen }: Report, options: VerificationOptions = {}): string[] =>
  verificationLines({ ...seen, nodes: hosts }, options, kind);

function verdictLines(seen: Verification, kind: Report['kind'], paint: Paint): string[] {
  const { verdict, pairs, checks, nodes, sampled, seconds } = seen;
  const reached = pairs.filter((pair) => pair.result === 'ok').length;
  const text = verdictText({ kind, verdict });
  const head = {
    passed: paint.green(`✓ ${text}`),
    failed: paint.red(`✗ ${text}`),
    incomplete: paint.yellow(`? ${text}`),
  }[verdict];
  const ran = checks.filter((check) => check.result !== 'skipped').length;
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

/** Every failed check, or the first twelve. */
export function failedLines(
  checks: CheckResult[],
  { paint = noColours, width, verbose = false }: VerificationOptions,
): string[] {
  const failed = checks.filter((check) => check.result === 'failed');
  if (failed.length === 0) return [];
  const shown = verbose ? failed : failed.slice(0, failedShown);
  const rest = failed.length - shown.length;
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
    paint.bold(`Failed checks (${failed.length})`),
    ...lines,
    ...(rest > 0 ? [paint.dim(`  and ${rest} more: --verbose shows all`)] : []),
  ];
}

/** Checks without an answer, one line per check and reason: never counted as passed, never left out. */
export function unseenLines(checks: CheckResult[], paint: Paint): string[] {
  const groups = new Map<string, CheckResult[]>();
  for (const check of checks) {
    if (check.result !== 'unknown' && check.result !== 'skipped') continue;
    const detail = check.to === null ? check.detail : check.detail.replaceAll(` ${check.to} `, ' its peer ');
    const key = `${check.result} ${check.level} ${check.check} ${detail}`;
    groups.set(key, [...(groups.get(key) ?? []), check]);
  }
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const unknown = first.result === 'unknown';
    const mark = unknown ? paint.yellow('?') : paint.dim('·');
    const routes = group.length === 1 ? routeOf(first) : `${group.length}×, first ${routeOf(first)}`;
    return [`${mark} ${first.level} ${first.check}  ${unknown ? 'not known' : 'skipped'} (${routes}): ${first.detail}`];
  });
  return lines.length === 0 ? [] : [paint.bold('Not tested'), ...lines];
}
