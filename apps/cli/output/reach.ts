import { isWhole, reachOf, shareText } from '#core/reports/reach.ts';
import type { MatrixInput } from './matrix.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

const shownMax = 20;

/** Where a matrix would be wider than the terminal: the nodes that do not reach everybody or are not reached, worst first. */
export function reachLines({ nodes, pairs }: MatrixInput, paint: Paint, width?: number): string[] {
  const reach = reachOf(nodes, pairs);
  const broken = reach.filter((one) => !isWhole(one));
  const hidden = broken.length - shownMax;
  const whole = nodes.length - broken.length;
  const rows = broken.slice(0, shownMax).map(({ host, out, into }) => [host, shareText(out), shareText(into)]);
  const all = broken.length === 0 ? `All ${whole} nodes` : `The other ${whole} nodes`;
  return [
    ...(rows.length === 0
      ? []
      : table(
          ['node', 'reaches', 'reached by'].map((title) => ({ title })),
          rows,
          { paint, width },
        )),
    ...(hidden > 0 ? [paint.dim(`and ${hidden} more that lack some`)] : []),
    ...(whole > 0 ? [paint.dim(`${all} reach and are reached, as far as was tested.`)] : []),
  ];
}
