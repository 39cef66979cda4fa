import { LiveRegion } from '#cli/output/live-region.ts';
import { layoutOf, type Terminal } from '#cli/output/terminal.ts';
import { fold } from '#cli/output/width.ts';
import type { Session } from '#cli/session.ts';
import { duration } from '#cli/output/duration.ts';
import { hasEnded, type Progress } from './progress.ts';
import { endedLines, labelOf, runningLine, spinner } from './step-line.ts';
import { endedSummary, runningSummary } from './summary.ts';

/** Shows an operation while it runs. `update` is called for each event, `away` while the API does not answer. */
export interface Display {
  update: (progress: Progress) => void;
  /** Lines to print for good. */
  print: (lines: string[]) => void;
  away: (forMs: number | null) => void;
  /** Leaves the screen in order; prints the summary when the operation has ended and one is wanted. */
  close: (summary: boolean) => void;
}

const silentDisplay: Display = { update() {}, print() {}, away() {}, close() {} };

/** Redrawn in place on a terminal, appended lines elsewhere, nothing with `--quiet`. */
export function displayFor({ talk, flags }: Session): Display {
  if (flags.quiet === true) return silentDisplay;
  return talk.isTerminal ? liveDisplay(talk) : plainDisplay(talk, flags.verbose === true);
}

/** Steps that ended since the last time, in the order of the plan; each id is told once. */
function newlyEnded(progress: Progress, told: Set<string>) {
  const fresh = progress.steps.filter((one) => one.state === 'ended' && !told.has(one.id));
  for (const { id } of fresh) told.add(id);
  return fresh;
}

const stillRunningEveryMs = 30_000;

/** Appended lines: one per ended step, one every half minute while nothing ends. */
function plainDisplay(terminal: Terminal, verbose: boolean): Display {
  const told = new Set<string>();
  const notes = new Map<string, string>();
  let latest: Progress | null = null;
  let isAway = false;
  const print = (lines: string[]): void => lines.forEach((line) => terminal.write(`${line}\n`));
  const timer = setInterval(() => {
    const running = latest?.steps.filter((one) => one.state === 'running') ?? [];
    if (running.length > 0) print([`… still running: ${running.map(labelOf).join('; ')}`]);
  }, stillRunningEveryMs);
  return {
    update(progress) {
      print(newlyEnded(progress, told).flatMap((one) => endedLines(one, layoutOf(terminal))));
      if (verbose) print(progress.notes.slice(latest?.notes.length ?? 0).map((note) => `  ${note}`));
      latest = progress;
      for (const one of verbose ? progress.steps : []) {
        if (one.note === null || notes.get(one.id) === one.note) continue;
        notes.set(one.id, one.note);
        print([`  ${labelOf(one)}: ${one.note}`]);
      }
    },
    print,
    away(forMs) {
      if (isAway !== (forMs !== null)) print([forMs === null ? 'The control plane answers again.' : awayText(forMs)]);
      isAway = forMs !== null;
    },
    close(summary) {
      clearInterval(timer);
      if (summary && latest !== null && hasEnded(latest)) print([endedSummary(latest, terminal.paint)]);
    },
  };
}

const awayText = (forMs: number): string =>
  `The control plane does not answer (${duration(forMs)}); trying again. The operation is on record.`;

/** Ended steps stay on the screen; running ones are drawn below them, ten times a second. */
function liveDisplay(terminal: Terminal): Display {
  const region = new LiveRegion(terminal);
  const told = new Set<string>();
  const { paint } = terminal;
  let latest: Progress | null = null;
  let awayMs: number | null = null;
  const draw = (above: string[] = []): void => {
    if (latest === null) {
      region.draw([], above);
      return;
    }
    const nowMs = Date.now();
    const running = latest.steps.filter((one) => one.state === 'running').map((one) => runningLine(one, nowMs, paint));
    const fitting = running.slice(0, Math.max(1, (terminal.rows() ?? 24) - 3));
    const more = running.length - fitting.length;
    const below = awayMs === null ? runningSummary(latest, nowMs) : awayText(awayMs);
    // What was said before the steps that run now is old.
    const note = running.length === 0 ? latest.notes.at(-1) : undefined;
    const also = `${more > 0 ? `, ${more} more running` : ''}${note === undefined ? '' : `  ${note}`}`;
    const status = `${paint.cyan(spinner(nowMs))} ${paint.dim(`${below}${also}`)}`;
    const ended = newlyEnded(latest, told).flatMap((one) => endedLines(one, layoutOf(terminal)));
    region.draw(hasEnded(latest) ? [] : [...fitting, status], [...above, ...ended]);
  };
  const timer = setInterval(draw, 100);
  return {
    update(progress) {
      latest = progress;
      draw();
    },
    print: (lines) => draw(lines.flatMap((line) => fold(line, terminal.columns()))),
    away(forMs) {
      awayMs = forMs;
      draw();
    },
    close(summary) {
      clearInterval(timer);
      region.clear();
      if (summary && latest !== null && hasEnded(latest)) terminal.write(`${endedSummary(latest, paint)}\n`);
    },
  };
}
