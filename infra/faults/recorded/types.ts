import type { Report, Expected } from '../judge.ts';

/** A fault that this machine's kernel and engines cannot show, told by what was seen of it elsewhere. */
export interface RecordedCase {
  name: string;
  /** What the rules make of the observations: they are pure, and the same that a worker uses. */
  report: () => Report;
  expected: Expected;
}
