import { z } from 'zod';

/* A ring says "look at this operation" and is never the truth: it may be lost, repeated or late. */

/** Name of the BullMQ queue; a job's data is a ring. */
export const operationsQueue = 'flotilla-operations';
/** `passes`: how many workers handed it on because a host of it is bound to a label that they have not. */
export const ringSchema = z.object({ operation: z.string(), passes: z.number().default(0) });

/** One ring for an operation; its number grows with each that the database counted. */
export interface Bell {
  operation: string;
  number: number;
}

/** The job id of a ring: BullMQ drops a re-added id silently, so each dispatch has its own. */
export const jobIdOf = ({ operation, number }: Bell): string => `${operation}-${number}`;

/** What BullMQ is given. The job says where to look and is gone once somebody looked. */
export const ringJob = (bell: Bell) => ({
  name: 'operation',
  data: { operation: bell.operation },
  opts: { jobId: jobIdOf(bell), removeOnComplete: true, removeOnFail: true },
});
