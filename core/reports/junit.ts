import type { Finding } from '../finding.ts';
import { confidenceText, evidenceLines, type Explained, explained, isRootCause, whereOf } from '../findings.ts';
import type { CheckResult, Counted } from '../verification.ts';
import { levelTitles, type Report, routeOf, subjectOf, titleOf, tooMany } from './report.ts';
import { element, xmlText } from './xml.ts';
import { naturally } from '../natural-order.ts';

interface Case {
  xml: string;
  outcome: 'ok' | 'failure' | 'error' | 'skipped';
  seconds: number;
}

/**
 * A report as JUnit XML: a suite with what was found, root causes first, and a suite for each level with one test case
 * for each check. Failed is a failure, not known is an error, skipped is skipped with its reason. The elements and
 * attributes are those of the schema that Jenkins uses, which others read as well.
 */
export function junitOf(report: Report): string {
  const levels = Map.groupBy([...report.checks, ...(report.counted ?? [])], ({ level }) => level);
  const suites = [
    suite(
      report,
      'findings',
      explained(report.findings).map((one) => findingCase(report, one)),
    ),
    ...[...levels]
      .toSorted(([a], [b]) => naturally(a, b))
      .map(([level, own]) =>
        suite(
          report,
          `${level} ${levelTitles[level]}`,
          own.map((one) => caseOf(report, one)),
        ),
      ),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const root = element(
    'testsuites',
    { name: titleOf(report), time: report.seconds, ...totals(all) },
    suites.map(({ xml }) => `\n  ${xml}`).concat('\n'),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

const countOf = (cases: readonly Case[], outcome: Case['outcome']): number =>
  cases.filter((one) => one.outcome === outcome).length;

const totals = (cases: readonly Case[]) => ({
  tests: cases.length,
  failures: countOf(cases, 'failure'),
  errors: countOf(cases, 'error'),
});

function suite(report: Report, name: string, cases: readonly Case[]): { xml: string; cases: readonly Case[] } {
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  const attributes = {
    name: `${subjectOf(report)}: ${name}`,
    ...totals(cases),
    skipped: countOf(cases, 'skipped'),
    time: seconds.toFixed(3),
    // Seconds only, without a zone: that is what readers of the format accept.
    timestamp: report.startedAt.replace(/\.\d+/, '').replace(/Z$/, ''),
  };
  const properties = element('properties', {}, [
    element('property', { name: 'report', value: report.id }),
    element('property', { name: 'verdict', value: report.verdict }),
  ]);
  const inside = [properties, ...cases.map(({ xml }) => xml)].map((xml) => `\n    ${xml}`).concat('\n  ');
  return { xml: element('testsuite', attributes, inside), cases };
}

/** An error or a warning fails; what follows from it is told with it and does not fail once more. */
function findingCase(report: Report, { finding, consequences }: Explained): Case {
  const isNote = finding.severity === 'note';
  const text = [
    ...findingText(finding),
    ...consequences.flatMap((one) => ['', 'In consequence:', ...findingText(one)]),
  ];
  const body = xmlText(text.join('\n'));
  const where = whereOf(finding);
  return {
    outcome: isNote ? 'ok' : 'failure',
    seconds: 0,
    xml: element(
      'testcase',
      { classname: `${subjectOf(report)}.findings`, name: `${finding.id}${where === '' ? '' : ` ${where}`}`, time: 0 },
      [
        isNote
          ? element('system-out', {}, [body])
          : element('failure', { type: finding.severity, message: finding.message }, [body]),
      ],
    ),
  };
}

function findingText(finding: Finding): string[] {
  const sure = confidenceText(finding);
  return [
    `${finding.message} [${finding.id}${sure === '' ? '' : `, ${sure}`}]`,
    ...evidenceLines(finding).map((line) => `  ${line}`),
    ...(finding.fix === undefined ? [] : [`Fix: ${finding.fix}`]),
  ];
}

const caseOf = (report: Report, one: CheckResult | Counted): Case =>
  'count' in one ? countedCase(report, one) : checkCase(report, one);

/** Many that came to the same, of which a report keeps the number alone. */
function countedCase(report: Report, { level, check, network, result, count }: Counted): Case {
  const told = { level, check: `${count} times ${check}`, network, from: 'any', to: 'any', target: 'any', result };
  return checkCase(report, { ...told, detail: `${count} checks, ${tooMany}`, ms: null });
}

function checkCase(report: Report, check: CheckResult): Case {
  const { level, network, result, detail, ms } = check;
  const attributes = {
    classname: [subjectOf(report), level, ...(network === null ? [] : [network])].join('.'),
    name: `${check.check} ${routeOf(check)} (${check.target})`,
    time: ((ms ?? 0) / 1000).toFixed(3),
  };
  const made = (outcome: Case['outcome'], inside: string[]): Case => ({
    outcome,
    seconds: (ms ?? 0) / 1000,
    xml: element('testcase', attributes, inside),
  });
  switch (result) {
    case 'ok':
      return made('ok', []);
    case 'failed':
      return made('failure', [
        element('failure', { type: 'failed', message: detail }, [xmlText(causesText(report, check))]),
      ]);
    case 'unknown':
      return made('error', [element('error', { type: 'unknown', message: `Not known: ${detail}` })]);
    case 'skipped':
      return made('skipped', [element('skipped', { message: detail })]);
  }
}

/** The root causes at one of the check's hosts: which of them it was, the report as a whole says. */
function causesText({ findings }: Report, { detail, from, to }: CheckResult): string {
  const near = findings.filter((one) => isRootCause(one) && one.hosts.some((host) => host === from || host === to));
  return [detail, ...near.map((one) => `See: ${one.message} [${one.id}]`)].join('\n');
}
