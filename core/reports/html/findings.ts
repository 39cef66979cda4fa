import type { Finding } from '../../finding.ts';
import { confidenceText, evidenceLines, type Explained, explained, whereOf } from '../../findings.ts';
import { html, type Html, inline } from '../../html.ts';

const classes = { error: 'error', warning: 'warning', note: 'info' } as const;

/** Every finding, the root causes first, what follows from each folded below it. */
export function findingsSection(findings: readonly Finding[]): Html {
  const all = explained(findings);
  if (all.length === 0) return html``;
  return html`<section>
    <h2>What was found</h2>
    ${all.map((one) => explainedView(one))}
  </section>`;
}

const explainedView = ({ finding, consequences }: Explained): Html =>
  findingView(
    finding,
    consequences.length === 0
      ? null
      : html`<details>
          <summary>In consequence (${consequences.length})</summary>
          ${consequences.map((one) => findingView(one, null))}
        </details>`,
  );

function findingView(finding: Finding, below: Html | null): Html {
  const { severity, message, id, network, fix } = finding;
  const evidence = evidenceLines(finding);
  const where = whereOf(finding);
  const sure = confidenceText(finding);
  return html`<article class="finding ${classes[severity]}">
    <h3>${inline(message)}</h3>
    <p class="tags">
      <span class="severity">${severity}</span
      >${where === '' ? null : html`<span>${where}</span>`}${network === undefined ? null : html`<span>network ${network}</span>`}${sure === '' ? null : html`<span>${sure}</span>`}<code
        >${id}</code
      >
    </p>
    ${evidence.length === 0 ? null : html`<pre>${evidence.join('\n')}</pre>`}
    ${fix === undefined ? null : html`<p class="fix"><b>Fix:</b> ${inline(fix)}</p>`} ${below}
  </article>`;
}
