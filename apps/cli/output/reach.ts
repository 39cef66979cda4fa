import { lackingOf, shareText } from '#core/reports/reach.ts';
import type { Verification } from '#core/verification.ts';
import type { Paint } from './paint.ts';
import { table } from './table.ts';

const shownMax = 20;

/** Where a matrix would be wider than the terminal: the nodes that do not reach everybody or are not reached, worst first. */
export function reachLines(
  { nodes, pairs }: Pick<Verification, 'nodes' | 'pairs'>,
  paint: Paint,
  width?: number,
): string[] {
  const { lacking, rest } = lackingOf(nodes, pairs, 'nodes');
  const hidden = lacking.length - shownMax;
  const rows = lacking.slice(0, shownMax).map(({ host, out, into }) => [host, shareText(out), shareText(into)]);
  return [
    ...(rows.length === 0
      ? []
      : table(
          ['node', 'reaches', 'reached by'].map((title) => ({ title })),
          rows,
          { paint, width },
        )),
    ...(hidden > 0 ? [paint.dim(`and ${hidden} more that lack some`)] : []),
    ...(rest === null ? [] : [paint.dim(rest)]),
  ];
}
