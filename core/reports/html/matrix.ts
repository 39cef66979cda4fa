import { html, type Html } from '../../html.ts';
import type { Pair } from '../../verification.ts';
import { byWay } from '../../ways.ts';
import { lackingOf, shareText } from '../reach.ts';
import type { Report } from '../report.ts';

/** From this many hosts on, columns have numbers instead of names, and a cell is one symbol. */
const compactAbove = 15;
/** Of more hosts a cell for each pair is megabytes that nobody reads. */
const matrixMax = 100;

const cells = {
  ok: { symbol: '✓', name: 'ok', text: 'reached' },
  failed: { symbol: '✗', name: 'bad', text: 'failed' },
  unknown: { symbol: '?', name: 'unknown', text: 'not known' },
  skipped: { symbol: '·', name: 'none', text: 'not tested' },
} as const satisfies Record<Pair['result'], { symbol: string; name: string; text: string }>;

/** Who reached whom: a row for each sender, a column for each receiver. */
export function matrixSection({ hosts, pairs, sampled }: Report): Html {
  if (hosts.length < 2 || pairs.length === 0) return html``;
  if (hosts.length > matrixMax) return reachSection({ hosts, pairs, sampled });
  const pairsOn = byWay(pairs);
  const compact = hosts.length > compactAbove;
  const used = new Set(
    hosts.flatMap((from) =>
      hosts.filter((to) => to !== from).map((to) => pairsOn({ from, to })[0]?.result ?? 'skipped'),
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
                ${hosts.map((to) => cellView(from, to, pairsOn({ from, to })[0], compact))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">${legend.join(' · ')}${compact ? '' : ' · numbers: round trip in ms'}</p>
    ${sampleNote({ hosts, pairs, sampled })}
  </section>`;
}

type Tested = Pick<Report, 'hosts' | 'pairs' | 'sampled'>;

const sampleNote = ({ hosts, pairs, sampled }: Tested): Html | null =>
  sampled
    ? html`<p class="note">
        A sample: ${pairs.length} of ${hosts.length * (hosts.length - 1)} ordered pairs were tested.
      </p>`
    : null;

/** Of more hosts than a table of cells can show, those that do not reach everybody or are not reached. */
function reachSection({ hosts, pairs, sampled }: Tested): Html {
  const { lacking, rest } = lackingOf(hosts, pairs, 'hosts');
  const head = html`<tr>
    <th scope="col">host</th>
    <th scope="col">reaches</th>
    <th scope="col">reached by</th>
  </tr>`;
  return html`<section>
    <h2>Who reached whom</h2>
    ${
      lacking.length === 0
        ? null
        : html`<div class="wide">
            <table class="checks">
              <thead>
                ${head}
              </thead>
              <tbody>
                ${lacking.map(
                  ({ host, out, into }) =>
                    html`<tr>
                      <td>${host}</td>
                      <td>${shareText(out)}</td>
                      <td>${shareText(into)}</td>
                    </tr> `,
                )}
              </tbody>
            </table>
          </div>`
    }
    ${rest === null ? null : html`<p class="note">${rest}</p>`} ${sampleNote({ hosts, pairs, sampled })}
  </section>`;
}

function cellView(from: string, to: string, pair: Pair | undefined, compact: boolean): Html {
  if (from === to) return html`<td class="none">–</td>`;
  const { symbol, name, text } = cells[pair?.result ?? 'skipped'];
  const rtt = typeof pair?.rttMs === 'number' ? pair.rttMs : null;
  const title = `${from} → ${to}: ${text}${rtt === null ? '' : `, ${rtt.toFixed(2)} ms`}`;
  return html`<td class="${name}" title="${title}">
    ${symbol}${compact || rtt === null ? '' : ` ${rtt.toFixed(1)}`}
  </td>`;
}
