import { z } from 'zod';

/** Engines leave out what is empty, or send null for it, as versions come and go. */
export const labelsSchema = z
  .record(z.string(), z.string())
  .nullish()
  .transform((labels) => labels ?? {});

/** A list that may be null or missing. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

/** `Version.Index`, to be sent back with an update. */
export const versionSchema = z.looseObject({ Index: z.number() });
export const createdSchema = z.looseObject({
  Id: z.string(),
  Warning: z.string().nullish(),
  Warnings: listOf(z.string()),
});
