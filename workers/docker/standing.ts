import { z } from 'zod';
import type { EngineClient } from './engine.ts';
import { listOf } from './schemas.ts';

const whole = z.record(z.string(), z.unknown());

const standingSchema = z.looseObject({
  /** Id of the image. */
  Image: z.string(),
  Config: whole,
  HostConfig: whole,
  Mounts: listOf(whole),
  NetworkSettings: z.looseObject({
    Networks: z
      .record(z.string(), z.looseObject({ Aliases: listOf(z.string()) }))
      .nullish()
      .transform((networks) => networks ?? {}),
  }),
});

/** A container as it was asked for, to be written as a spec. */
export const inspectStanding = (engine: EngineClient, id: string): Promise<z.output<typeof standingSchema>> =>
  engine.json({ method: 'GET', path: `/containers/${encodeURIComponent(id)}/json` }, standingSchema);
