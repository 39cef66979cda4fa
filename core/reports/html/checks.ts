import { html, type Html } from '../../html.ts';
import { type CheckResult, checkResultSchema, type Counted } from '../../verification.ts';
import { notTested } from '../not-tested.ts';
import { countsOf, levelTitles, type Report, routeOf, tooMany } from '../report.ts';

const marks = {
  ok: { symbol: '✓', name: 'ok' },
  failed: { symbol: '✗', name: 'bad' },
  unknown: { symbol: '?', name: 'unknown' },
  skipped: { symbol: '·', name: 'none' },
} as const satisfies Record<CheckResult['result'], { symbol: string; name: string }>;

const order = { failed: 0, unknown: 1, skipped: 2, ok: 3 } as const;

/** What has no answer, with the reason: one line for each check and reason. */
export function notTestedSection(report: Report): Html {
  const groups = notTested(report);
  if (groups.length === 0) return html``;
  return html`<section>
    <h2>What could not be tested</h2>
    <div class="wide">
      <table class="checks">
        <tbody>
          ${groups.map(
            ({ result, level, check, where, why }) =>
              html`<tr>
                <td><span class="mark-${marks[result].name}">${marks[result].symbol}</span> ${level} ${check}</td>
                <td>${where}</td>
                <td>${result === 'unknown' ? 'not known: ' : 'skipped: '}${why}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Every check, by level; a level in which something failed is unfolded. */
export function checksSection({ checks, counted = [] }: Report): Html {
  if (checks.length + counted.length === 0) return html``;
  return html`<section>
    <h2>All checks</h2>
    ${checkResultSchema.shape.level.options.map((level) =>
      levelView(
        level,
        checks.filter((check) => check.level === level),
        counted.filter((one) => one.level === level),
      ),
    )}
  </section>`;
}

function levelView(level: CheckResult['level'], checks: readonly CheckResult[], counted: readonly Counted[]): Html {
  const { ok, failed, unknown, skipped } = countsOf({ checks, counted, pairs: [] });
  const all = ok + failed + unknown + skipped;
  if (all === 0) return html``;
  const counts = [all === 1 ? '1 check' : `${all} checks`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  const sorted = checks.toSorted((a, b) => order[a.result] - order[b.result]);
  const open = failed > 0 ? { html: ' open' } : null;
  return html`<details${open}><summary>${level} ${levelTitles[level]} (${counts})</summary>
    <div class="wide"><table class="checks">
      <thead><tr><th>check</th><th>from → to</th><th>target</th><th>result</th></tr></thead>
      <tbody>${sorted.map((check) => checkRow(check))}${counted.map((one) => countedRow(one))}</tbody>
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

function countedRow({ check, network, result, count }: Counted): Html {
  const { symbol, name } = marks[result];
  return html`<tr>
    <td><span class="mark-${name}">${symbol}</span> ${check}</td>
    <td>${count} ${count === 1 ? 'check' : 'checks'}</td>
    <td>${network ?? ''}</td>
    <td>${tooMany}</td>
  </tr> `;
}
