import type { KnownBlock } from '@slack/types';
import type { Finding } from '#core/finding.ts';
import { isRootCause } from '#core/findings.ts';
import { linkDays } from '#core/reports/link.ts';
import { countsOf, type Report, verdictText } from '#core/reports/report.ts';
import type { Pair } from '#core/verification.ts';
import { byWay } from '#core/ways.ts';
import { code, context, plain, preformatted, section } from './text.ts';

/** More columns than this do not fit beside each other on a phone; then the pairs that fail are listed. */
const matrixMax = 12;
const pairsShown = 20;
const causesShown = 5;

const symbols = { ok: '✓', failed: '✗', unknown: '?', skipped: '·' } as const satisfies Record<Pair['result'], string>;

/** What was found, as far as it fits: the verdict, who reaches whom, the causes by name with what to do. */
export function reportBlocks(report: Report, link: string | null): KnownBlock[] {
  const { hosts, pairs, findings, id } = report;
  const causes = findings.filter(isRootCause);
  const hidden = causes.length - causesShown;
  return [
    section(`*${plain(verdictText(report))}*: ${countsLine(report)}`),
    ...(pairs.length === 0
      ? []
      : [section(preformatted(hosts.length > matrixMax ? worstPairs(pairs) : matrix(hosts, pairs)))]),
    ...causes.slice(0, causesShown).map((finding) => section(causeText(finding))),
    ...(hidden > 0 ? [section(`… and ${hidden} more causes`)] : []),
    context(...wholeReport(id, link)),
  ];
}

/** A link of ours has nothing in it that Slack's markup would take for its end. */
const wholeReport = (id: string, link: string | null): string[] => [
  ...(link === null ? [] : [`<${link}|The whole report>, readable for ${linkDays} days by whoever has this link`]),
  `${link === null ? 'whole report' : 'in a terminal'}: ${code(`flotilla reports show ${id}`)}`,
];

function countsLine(report: Report): string {
  const { ok, failed, unknown, skipped, pairs, reached } = countsOf(report);
  const sampled = report.sampled ? ', a sample' : '';
  return `${ok} checks passed, ${failed} failed, ${unknown} not known, ${skipped} skipped; ${reached} of ${pairs} pairs reached${sampled}.`;
}

function causeText({ severity, id, message, fix, evidence }: Finding): string {
  const mark = severity === 'error' ? ':x:' : ':warning:';
  const seen = evidence[0] === undefined ? '' : `\n> ${plain(evidence[0].slice(0, 300))}`;
  return `${mark} *${plain(id)}*: ${plain(message)}${fix === undefined ? '' : `\n*Fix*: ${plain(fix)}`}${seen}`;
}

/** A row for each sender, a column for each receiver. */
function matrix(hosts: readonly string[], pairs: readonly Pair[]): string[] {
  const pairsOn = byWay(pairs);
  const width = Math.max(9, ...hosts.map(({ length }) => Math.min(length, 16)));
  const name = (text: string): string => text.slice(0, 16).padEnd(width);
  const cell = (from: string, to: string): string =>
    from === to ? '-' : symbols[pairsOn({ from, to })[0]?.result ?? 'skipped'];
  const numbers = hosts.map((_, at) => String(at + 1).padStart(2)).join(' ');
  return [
    `   ${name('from \\ to')} ${numbers}`,
    ...hosts.map(
      (from, at) =>
        `${String(at + 1).padStart(2)} ${name(from)} ${hosts.map((to) => cell(from, to).padStart(2)).join(' ')}`,
    ),
    '✓ reached  ✗ failed  ? not known  · not tested',
  ];
}

function worstPairs(pairs: readonly Pair[]): string[] {
  const bad = pairs.filter(({ result }) => result === 'failed' || result === 'unknown');
  const { length } = pairs.filter(({ result }) => result === 'ok');
  return [
    `${length} of ${pairs.length} pairs reached`,
    ...bad.slice(0, pairsShown).map(({ from, to, result }) => `${symbols[result]} ${from} → ${to}`),
    ...(bad.length > pairsShown ? [`… and ${bad.length - pairsShown} more pairs`] : []),
  ];
}
