import type { Pair, Verification } from '#core/verification.ts';
import { byWay, type Way } from '#core/ways.ts';
import { noColours, type Paint } from './paint.ts';
import { reachLines } from './reach.ts';
import { cut, displayWidth, pad } from './width.ts';

/** From this many nodes on, a cell is one symbol and the columns have numbers instead of names. */
const compactAbove = 15;

type Result = Pair['result'];

const symbols = { ok: '✓', failed: '✗', unknown: '?', skipped: '·' } as const satisfies Record<Result, string>;

const meanings: [Result, string][] = [
  ['ok', '✓ reached'],
  ['failed', '✗ failed'],
  ['unknown', '? not known'],
  ['skipped', '· not tested'],
];

const colourOf = (result: Result, paint: Paint): ((text: string) => string) =>
  ({ ok: paint.green, failed: paint.red, unknown: paint.yellow, skipped: paint.dim })[result];

function roundTrip(ms: number): string {
  if (ms < 0.095) return '<0.1';
  return ms < 9.95 ? ms.toFixed(1) : String(Math.round(ms));
}

/**
 * The connectivity matrix: a row per sender, a column per receiver. With up to 15 nodes a cell also has the round trip
 * in milliseconds; above, one symbol, so that fifty fit into a terminal of 80 columns; where that does not fit either, the
 * nodes that lack something. A pair that is missing from the input is shown as not tested.
 */
export function matrix(
  { nodes, pairs }: Pick<Verification, 'nodes' | 'pairs'>,
  paint: Paint = noColours,
  width?: number,
): string[] {
  const pairsOn = byWay(pairs);
  const compact = nodes.length > compactAbove;
  if (compact && roomFor(nodes, width) < nameMin) return reachLines({ nodes, pairs }, paint, width);
  const cell = (from: string, to: string): Cell => {
    if (from === to) return { text: '-', paint: paint.dim };
    const [pair] = pairsOn({ from, to });
    const result = pair?.result ?? 'skipped';
    const rtt = compact || typeof pair?.rttMs !== 'number' ? '' : ` ${roundTrip(pair.rttMs)}`;
    return { text: symbols[result] + rtt, paint: colourOf(result, paint) };
  };
  if (compact) return compactLines({ nodes }, cell, legend(nodes, pairsOn, true), { paint, width });
  const rows = nodes.map((from) => nodes.map((to) => cell(from, to)));
  const nameWidth = Math.max(displayWidth(corner), ...nodes.map(displayWidth));
  const widths = nodes.map((head, at) =>
    Math.max(displayWidth(head), ...rows.map((row) => displayWidth(row[at]?.text ?? ''))),
  );
  const space = '  ';
  return [
    [paint.dim(pad(corner, nameWidth)), ...nodes.map((head, at) => paint.bold(pad(head, widths[at] ?? 0)))]
      .join(space)
      .trimEnd(),
    ...rows.map((row, at) =>
      [
        paint.bold(pad(nodes[at] ?? '', nameWidth)),
        ...row.map((one, column) => one.paint(one.text) + ' '.repeat((widths[column] ?? 0) - displayWidth(one.text))),
      ]
        .join(space)
        .trimEnd(),
    ),
    paint.dim(legend(nodes, pairsOn, false)),
  ];
}

/** Numbers of nodes over their columns, one digit below the other; cells without gaps; names cut to what is left. */
function compactLines(
  { nodes }: Pick<Verification, 'nodes'>,
  cell: (from: string, to: string) => Cell,
  legendLine: string,
  { paint, width }: { paint: Paint; width: number | undefined },
): string[] {
  const digits = String(nodes.length).length;
  const room = roomFor(nodes, width);
  const names = nodes.map((node, at) => `${String(at + 1).padStart(digits)} ${cut(node, room)}`);
  const nameWidth = Math.max(displayWidth(corner), ...names.map(displayWidth));
  const heads = Array.from({ length: digits }, (_, row) =>
    nodes.map((_node, at) => String(at + 1).padStart(digits)[row] ?? ' ').join(''),
  );
  return [
    ...heads.map((head, row) => `${pad(row === digits - 1 ? corner : '', nameWidth)} ${head}`.trimEnd()).map(paint.dim),
    ...nodes.map((from, at) => {
      const cells = nodes.map((to) => cell(from, to)).map((one) => one.paint(one.text));
      return `${paint.bold(pad(names[at] ?? '', nameWidth))} ${cells.join('')}`;
    }),
    paint.dim(legendLine),
  ];
}

/** Columns that are left for names beside numbers and cells; as many nodes as in a wide window where none is known. */
const roomFor = (nodes: readonly string[], width = 160): number =>
  width - nodes.length - String(nodes.length).length - 2;
const nameMin = 8;

const corner = 'from \\ to';

interface Cell {
  text: string;
  paint: (text: string) => string;
}

/** Only the symbols that occur. */
function legend(nodes: string[], pairsOn: (way: Way) => readonly Pair[], compact: boolean): string {
  const wanted = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => pairsOn({ from, to })[0]));
  const used = new Set(wanted.map((pair) => pair?.result ?? 'skipped'));
  const timed = !compact && wanted.some((pair) => typeof pair?.rttMs === 'number');
  const words = meanings.filter(([result]) => used.has(result)).map(([, meaning]) => meaning);
  return [...words, ...(timed ? ['numbers: round trip in ms'] : [])].join('   ');
}
