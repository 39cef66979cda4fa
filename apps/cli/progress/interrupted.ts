import type { Failure } from '#cli/output/failure-view.ts';

/** The person at the terminal stopped this command; no fault. Told in a sentence. */
export class Interrupted extends Error {
  readonly failure: Failure;
  readonly exitCode: number;

  constructor(failure: Failure, exitCode: number) {
    super(failure.message);
    this.name = 'Interrupted';
    this.failure = failure;
    this.exitCode = exitCode;
  }
}

/** Ctrl-C. The operation is not cancelled by leaving: it belongs to the record, not to this terminal. */
export const leftRunning = (operation: string): Interrupted =>
  new Interrupted(
    {
      code: 'interrupted',
      message: `Operation ${operation} goes on without this command.`,
      next: `\`flotilla ops watch ${operation}\` follows it again, \`flotilla ops cancel ${operation}\` stops it between two steps.`,
    },
    130,
  );

/** The answer to a question was no. */
export const declined = (): Interrupted => new Interrupted({ code: 'declined', message: 'Nothing was changed.' }, 9);

/** Ctrl-C while something was planned that can be dropped. */
export const leftPlanning = (): Interrupted =>
  new Interrupted({ code: 'interrupted', message: 'Nothing was changed.' }, 130);
