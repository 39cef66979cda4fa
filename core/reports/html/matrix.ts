import { html, type Html } from '../../html.ts';
import type { Pair } from '../../verification.ts';
import type { Report } from '../report.ts';

/** From this many hosts on, columns have numbers instead of names, and a cell is one symbol. */
const compactAbove = 15;

const cells = {
  ok: { symbol: '✓', name: 'ok', text: 'reached' },
  failed: { symbol: '✗', name: 'bad', text: 'failed' },
  unknown: { symbol: '?', name: 'unknown', text: 'not known' },
  skipped: { symbol: '·', name: 'none', text: 'not tested' },
} as const satisfies Record<Pair['result'], { symbol: string; name: string; text: string }>;

/** Who reached whom: a row for each sender, a column for each receiver. */
export function matrixSection({ hosts, pairs, sampled }: Report): Html {
  if (hosts.length < 2 || pairs.length === 0) return html``;
  const known = new Map(pairs.map((pair) => [key(pair.from, pair.to), pair]));
  const compact = hosts.length > compactAbove;
  const used = new Set(
    hosts.flatMap((from) =>
      hosts.filter((to) => to !== from).map((to) => known.get(key(from, to))?.result ?? 'skipped'),
    ),
  );
  const legend = Object.entries(cells).flatMap(([result, { symbol, text }]) =>
    [...used].some((one) => one === result) ? [`${symbol} ${text}`] : [],
  );
  return html`<section>
    <h2>Who reached whom</h2>
    <div class="wide">
      <table class="matrix ${compact ? 'small' : ''}">
        <thead>
          <tr>
            <th scope="col">from \\ to</th>
            ${hosts.map((host, at) => html`<th scope="col" title="${host}">${compact ? at + 1 : host}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${hosts.map(
            (from, at) =>
              html`<tr>
                <th scope="row">${compact ? `${at + 1} ` : ''}${from}</th>
                ${hosts.map((to) => cellView(from, to, known.get(key(from, to)), compact))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">${legend.join(' · ')}${compact ? '' : ' · numbers: round trip in ms'}</p>
    ${sampled ? html`<p class="note">A sample: ${pairs.length} of ${hosts.length * (hosts.length - 1)} ordered pairs were tested.</p>` : null}
  </section>`;
}

const key = (from: string, to: string): string => `${from}\n${to}`;

function cellView(from: string, to: string, pair: Pair | undefined, compact: boolean): Html {
  if (from === to) return html`<td class="none">–</td>`;
  const { symbol, name, text } = cells[pair?.result ?? 'skipped'];
  const rtt = typeof pair?.rttMs === 'number' ? pair.rttMs : null;
  const title = `${from} → ${to}: ${text}${rtt === null ? '' : `, ${rtt.toFixed(2)} ms`}`;
  return html`<td class="${name}" title="${title}">
    ${symbol}${compact || rtt === null ? '' : ` ${rtt.toFixed(1)}`}
  </td>`;
}
