import type { z } from 'zod';
import type { Verb } from '../access/verbs.ts';

/** One thing that people can say, in chat, over HTTP or in a terminal. */
export interface Command {
  /** `network create`, `status`. */
  name: string;
  summary: string;
  /** A whole command line. */
  example: string;
  /** Args that are given without a flag, in order. */
  positional: readonly string[];
  args: z.ZodObject;
  /** Whether it is about a cluster: `--cluster`, or `in`, `on`, `to` and its name. */
  cluster: 'none' | 'one';
  /** The verb of the access table that it needs. */
  needs: Verb;
  /** Changes something: its request is told to the channel, questions are answered to the asker alone. */
  changes: boolean;
  /** Needs a reason: whoever is kept from something reads it. */
  asksWhy?: boolean;
  /** All that follows the command's words is its last argument, as it stands. */
  takesRest?: boolean;
}

/** What a line of text asks for, still to be authorised. */
export interface Intent {
  command: string;
  args: Record<string, unknown>;
  /** Null: not named; the caller takes the only cluster, or asks. */
  cluster: string | null;
  reason: string | null;
  /** `plan …`: show what it would do. */
  dryRun: boolean;
  /** `!`: take over, where the role allows it. */
  force: boolean;
}
