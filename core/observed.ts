import { z } from 'zod';

/** A fact that is known, or unknown with the reason. "Could not see" is never "is not there". */
export type Observed<T> = { known: true; value: T } | { known: false; reason: string; code?: string | undefined };

export const known = <T>(value: T): Observed<T> => ({ known: true, value });

/** `code` is an ErrorCode where the failure has one, so that it can be reported without parsing the sentence. */
export const unknown = (reason: string, code?: string): Observed<never> =>
  code === undefined ? { known: false, reason } : { known: false, reason, code };

/** The zod schema of an observed fact. */
export const observedOf = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value }),
    z.object({ known: z.literal(false), reason: z.string(), code: z.string().optional() }),
  ]);
