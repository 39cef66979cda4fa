import { z } from 'zod';

/** The proposal that an edit goes on with, where that is not what is current. */
export const ontoSchema = z.object({ revision: z.number(), current: z.number().nullable() });
export type Onto = z.infer<typeof ontoSchema>;

/** Who applies the one carries out the other too, whoever has proposed it. */
export const ontoSentence = ({ revision, current }: Onto): string =>
  `It builds on revision ${revision}, which is proposed and not applied (${current === null ? 'nothing is current yet' : `current is ${current}`}): who applies it applies both.`;
