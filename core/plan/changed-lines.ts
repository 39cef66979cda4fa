/* What changes in a text, line by line, as people read it: `-` goes, `+` comes. */

/** Above this many pairs of lines, everything between the first and the last change counts as changed. */
const pairsMax = 1_000_000;
const linesMax = 20;
const lengthMax = 120;

/** The lines that differ, at most some, each cut to what fits a screen. */
export function changedLines(before: string, after: string): string[] {
  const changes = differing(linesOf(before), linesOf(after)).map(shortened);
  const left = changes.length - linesMax;
  return left <= 0 ? changes : [...changes.slice(0, linesMax), `… and ${left} more`];
}

/** An end of line that is missing is a change as well. */
const linesOf = (text: string): string[] =>
  text.endsWith('\n') ? text.slice(0, -1).split('\n') : `${text} (no end of line)`.split('\n');

const shortened = (line: string): string => (line.length <= lengthMax ? line : `${line.slice(0, lengthMax)}…`);

function differing(before: readonly string[], after: readonly string[]): string[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let [endBefore, endAfter] = [before.length, after.length];
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore -= 1;
    endAfter -= 1;
  }
  const [gone, come] = [before.slice(start, endBefore), after.slice(start, endAfter)];
  if (gone.length * come.length > pairsMax) return [...gone.map(minus), ...come.map(plus)];
  return aligned(gone, come);
}

const minus = (line: string): string => `-${line}`;
const plus = (line: string): string => `+${line}`;

/** By the longest common subsequence: as many lines stay as can. */
function aligned(gone: readonly string[], come: readonly string[]): string[] {
  const width = come.length + 1;
  const kept = new Uint32Array((gone.length + 1) * width);
  const keptFrom = (a: number, b: number): number => kept[a * width + b] ?? 0;
  for (let a = gone.length - 1; a >= 0; a -= 1)
    for (let b = come.length - 1; b >= 0; b -= 1)
      kept[a * width + b] =
        gone[a] === come[b] ? keptFrom(a + 1, b + 1) + 1 : Math.max(keptFrom(a + 1, b), keptFrom(a, b + 1));
  const changes: string[] = [];
  let [a, b] = [0, 0];
  while (a < gone.length || b < come.length) {
    if (a < gone.length && b < come.length && gone[a] === come[b]) {
      a += 1;
      b += 1;
    } else if (a < gone.length && (b === come.length || keptFrom(a + 1, b) >= keptFrom(a, b + 1))) {
      changes.push(minus(gone[a] ?? ''));
      a += 1;
    } else {
      changes.push(plus(come[b] ?? ''));
      b += 1;
    }
  }
  return changes;
}
