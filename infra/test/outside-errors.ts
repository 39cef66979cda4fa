import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

type TestRunEnd = NonNullable<Reporter['onTestRunEnd']>;

/** Reporter for what vitest's JSON report leaves out: the errors that belong to no test. Vitest wants it as the default. */
export default class OutsideErrors implements Reporter {
  readonly #file = process.env['FLOTILLA_OUTSIDE_ERRORS'] ?? '';

  onTestRunEnd(...[, errors]: Parameters<TestRunEnd>): void {
    writeFileSync(this.#file, JSON.stringify(errors.map(({ name, message }) => `${name ?? 'Error'}: ${message}`)));
  }
}
