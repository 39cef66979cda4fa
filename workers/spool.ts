import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import { type Report, reportSchema } from '#core/report.ts';

/**
 * Reports on disk until the API has taken them, one file per operation, one JSON line per report.
 * Appends are synchronous: what was reported survives the end of this process at any moment.
 */
export class Spool {
  readonly #file: string;
  /** A write that failed may have left a part of a line. */
  #isCutOff = false;

  /** @throws AppError `audit_unavailable` when the folder cannot be written. */
  constructor(folder: string, operation: string) {
    this.#file = join(folder, `${operation}.ndjson`);
    writing(folder, () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      endLastLine(this.#file);
    });
  }

  /** @throws AppError `audit_unavailable` when it cannot be kept: what is not on record is not gone on from. */
  append(report: Report): void {
    const line = `${this.#isCutOff ? '\n' : ''}${JSON.stringify(report)}\n`;
    this.#isCutOff = true;
    writing(this.#file, () => appendFileSync(this.#file, line, { mode: 0o600 }));
    this.#isCutOff = false;
  }

  /**
   * Reports with this sequence number or a later one; of two with the same the later line counts. A last line that was cut
   * off by a crash is left out.
   */
  readFrom(sequence: number): Report[] {
    if (!existsSync(this.#file)) return [];
    const reports = readFileSync(this.#file, 'utf8')
      .split('\n')
      .flatMap(parseLine)
      .filter((report) => report.sequence >= sequence);
    const bySequence = new Map(reports.map((report) => [report.sequence, report]));
    return [...bySequence.values()].toSorted((a, b) => a.sequence - b.sequence);
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOSPC' ? 'the disk is full' : String(error);
    throw new AppError('audit_unavailable', `${path} cannot be written: ${why}.`, {
      next: 'Free space there; the operation goes on from its ledger by itself.',
      cause: error,
    });
  }
}

/** A line that a crash cut off is ended, so that the next report does not become a part of it. */
function endLastLine(file: string): void {
  if (existsSync(file) && !readFileSync(file, 'utf8').endsWith('\n')) appendFileSync(file, '\n');
}

function parseLine(line: string): Report[] {
  try {
    return [reportSchema.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
