/** What a bench is given besides its own arguments. */
export interface BenchRun {
  /** Aborted by Ctrl-C: the bench stops at its next opportunity and takes everything down. */
  signal: AbortSignal;
  /** Tells how it goes, one line at a time; never the result. */
  say: (line: string) => void;
}

export interface BenchResult {
  /** The last line that is printed, as JSON. */
  numbers: Readonly<Record<string, unknown>>;
  /** Why these numbers prove nothing, or null when they do. */
  invalid: string | null;
}

/** A measurement with arguments of its own; `--json` is taken by main.ts. */
export type Bench = (args: string[], run: BenchRun) => Promise<BenchResult>;
