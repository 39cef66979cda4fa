import { moment } from '#core/moments.ts';
import type { RevisionSummary } from '#core/revision-summary.ts';
import { ago } from './duration.ts';
import { noColours, type Paint } from './paint.ts';
import { table, type TableOptions } from './table.ts';

type State = RevisionSummary['state'];

const stateText = (state: State, paint: Paint): string =>
  state === 'current' ? paint.green(state) : state === 'proposed' ? paint.yellow(state) : state;

const appliedText = (applied: RevisionSummary['applied'], paint: Paint): string =>
  applied === 'whole' ? applied : applied === 'in-part' ? paint.yellow('in part') : '-';

/** A table of revisions, in the order given: how each came about, by whom, when. */
export const revisionsLines = (
  revisions: RevisionSummary[],
  nowMs: number,
  { paint = noColours, width }: TableOptions = {},
): string[] =>
  table(
    [
      { title: 'REVISION', align: 'right' },
      { title: 'STATE' },
      { title: 'APPLIED' },
      { title: 'CHANGE', elastic: true },
      { title: 'BY', elastic: true },
      { title: 'AT' },
      { title: 'WHEN' },
    ],
    revisions.map((one) => [
      String(one.number),
      stateText(one.state, paint),
      appliedText(one.applied, paint),
      one.origin,
      one.createdBy,
      moment(one.createdAt),
      ago(one.createdAt, nowMs),
    ]),
    { paint, width },
  );
