import { moment } from '#core/moments.ts';
import { html } from '../../html.ts';
import { countsOf, type Report, subjectOf, titleOf, verdictText } from '../report.ts';
import { checksSection, notTestedSection } from './checks.ts';
import { findingsSection } from './findings.ts';
import { matrixSection } from './matrix.ts';
import { style } from './style.ts';

/** What a browser may load for the page: its own style and nothing else, whatever a name in it looks like. */
export const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** A report as one HTML file that stands alone: no script, nothing from elsewhere, every text escaped. */
export function htmlOf(report: Report): string {
  const { hosts, seconds, startedAt, verdict, id } = report;
  const counts = countsOf(report);
  const facts: [string | number, string][] = [
    [hosts.length, hosts.length === 1 ? 'host' : 'hosts'],
    ...(counts.pairs > 0 ? [[`${counts.reached} of ${counts.pairs}`, 'pairs reached'] satisfies [string, string]] : []),
    [counts.ok, 'checks ok'],
    ...(counts.failed > 0 ? [[counts.failed, 'failed'] satisfies [number, string]] : []),
    ...(counts.unknown > 0 ? [[counts.unknown, 'not known'] satisfies [number, string]] : []),
    ...(counts.skipped > 0 ? [[counts.skipped, 'skipped'] satisfies [number, string]] : []),
    [`${seconds.toFixed(1)} s`, ''],
  ];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${reportPolicy}" />
        <title>${titleOf(report)}: ${verdict}</title>
        <style>
          ${{ html: style }}
        </style>
      </head>
      <body>
        <header>
          <h1>${titleOf(report)}</h1>
          <p class="verdict ${verdict}">${verdictText(report)}</p>
          <p class="facts">${facts.map(([value, what]) => html`<span><b>${value}</b> ${what}</span>`)}</p>
        </header>
        <main>
          ${[findingsSection(report.findings), matrixSection(report), notTestedSection(report), checksSection(report)]}
        </main>
        <footer>${moment(startedAt)} · ${subjectOf(report)} · <code>${id}</code> · made by Flotilla</footer>
      </body>
    </html> `;
  return page.html;
}
