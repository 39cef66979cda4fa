import type { Session } from './session.ts';

/** A command: does its work and gives the exit code; nothing means 0. */
export type Run<A extends unknown[]> = (session: Session, ...args: A) => Promise<number | void>;

/**
 * Makes the action of a command from a function that loads it: only the command that is called is read from disk,
 * which keeps `--help` and short commands quick.
 */
export type Lazy = <A extends unknown[]>(load: () => Promise<Run<A>>) => (...args: A) => Promise<void>;
