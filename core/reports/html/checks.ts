import { html, type Html } from '../../html.ts';
import type { CheckResult } from '../../verification.ts';
import { levelTitles, notTested, type Report, routeOf } from '../report.ts';

const marks = {
  ok: { symbol: '✓', name: 'ok' },
  failed: { symbol: '✗', name: 'bad' },
  unknown: { symbol: '?', name: 'unknown' },
  skipped: { symbol: '·', name: 'none' },
} as const satisfies Record<CheckResult['result'], { symbol: string; name: string }>;

const order = { failed: 0, unknown: 1, skipped: 2, ok: 3 } as const;

/** What has no answer, with the reason: one line for each check and reason. */
export function notTestedSection({ checks }: Report): Html {
  const groups = notTested(checks);
  if (groups.length === 0) return html``;
  return html`<section>
    <h2>What could not be tested</h2>
    <div class="wide">
      <table class="checks">
        <tbody>
          ${groups.map(
            ({ first, count }) =>
              html`<tr>
                <td>
                  <span class="mark-${marks[first.result].name}">${marks[first.result].symbol}</span> ${first.level}
                  ${first.check}
                </td>
                <td>${count === 1 ? routeOf(first) : `${count} times, first ${routeOf(first)}`}</td>
                <td>${first.result === 'unknown' ? 'not known: ' : 'skipped: '}${first.detail}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Every check, by level; a level in which something failed is unfolded. */
export function checksSection({ checks }: Report): Html {
  if (checks.length === 0) return html``;
  const levels = [...Map.groupBy(checks, ({ level }) => level)].toSorted(([a], [b]) => a.localeCompare(b));
  return html`<section>
    <h2>All checks</h2>
    ${levels.map(([level, own]) => levelView(level, own))}
  </section>`;
}

function levelView(level: CheckResult['level'], checks: readonly CheckResult[]): Html {
  const failed = checks.filter(({ result }) => result === 'failed').length;
  const counts = [
    checks.length === 1 ? '1 check' : `${checks.length} checks`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(', ');
  const sorted = checks.toSorted((a, b) => order[a.result] - order[b.result]);
  const open = failed > 0 ? { html: ' open' } : null;
  return html`<details${open}><summary>${level} ${levelTitles[level]} (${counts})</summary>
    <div class="wide"><table class="checks">
      <thead><tr><th>check</th><th>from → to</th><th>target</th><th>result</th></tr></thead>
      <tbody>${sorted.map((check) => checkRow(check))}</tbody>
    </table></div></details>`;
}

function checkRow(check: CheckResult): Html {
  const { symbol, name } = marks[check.result];
  const took = check.ms === null ? '' : ` (${check.ms.toFixed(check.ms < 10 ? 1 : 0)} ms)`;
  return html`<tr>
    <td><span class="mark-${name}">${symbol}</span> ${check.check}</td>
    <td>${routeOf(check)}</td>
    <td>${check.network === null ? '' : `${check.network}: `}${check.target}</td>
    <td>${check.detail}${took}</td>
  </tr> `;
}
