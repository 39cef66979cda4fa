import { z } from 'zod';

/** Nothing that is meant for a while lasts longer: a lock, a plan, a secret beside the one that takes its place. */
export const weekMinutes = 7 * 24 * 60;

/** For how long what is rolled stays good beside what takes its place. */
export const overlapSchema = (usual: number) =>
  z.number().int().min(0).max(weekMinutes).default(usual).describe('How long the old one stays good');
