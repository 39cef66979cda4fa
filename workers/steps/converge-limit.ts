import { z } from 'zod';
import type { EngineJson } from '#core/step.ts';

/** A service that has not converged by then is reported as failed, with its tasks' own errors. */
const baseMs = 120_000;
/** Together with a rollback it stays below the longest time that a step may take. */
const mostMs = 480_000;

const ns = z.number().nullish();
const timesSchema = z.looseObject({
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({
      StopGracePeriod: ns,
      Healthcheck: z.looseObject({ Interval: ns, StartPeriod: ns }).nullish(),
    }),
  }),
  Mode: z.looseObject({ Replicated: z.looseObject({ Replicas: z.number() }).nullish() }).nullish(),
  UpdateConfig: z.looseObject({ Parallelism: z.number().default(0), Delay: ns, Monitor: ns }).nullish(),
});

/**
 * How long a service may take until its tasks run: longer where it says itself that each needs time, for its first health
 * check or to stop, and that they are updated one after the other.
 */
export function convergeLimitMs(spec: EngineJson, nodes: number): number {
  const parsed = timesSchema.safeParse(spec);
  if (!parsed.success) return baseMs;
  const { TaskTemplate, Mode, UpdateConfig } = parsed.data;
  const tasks = Mode?.Replicated?.Replicas ?? nodes;
  const { StopGracePeriod, Healthcheck } = TaskTemplate.ContainerSpec;
  const each = [StopGracePeriod, Healthcheck?.Interval, Healthcheck?.StartPeriod, UpdateConfig?.Delay].map(msOf);
  const atOnce = UpdateConfig?.Parallelism === 0 ? tasks : (UpdateConfig?.Parallelism ?? tasks);
  const batches = Math.ceil(Math.max(tasks, 1) / Math.max(atOnce, 1));
  const more = each.reduce((sum, ms) => sum + ms, 0) * batches + msOf(UpdateConfig?.Monitor);
  return Math.min(baseMs + more, mostMs);
}

const msOf = (nanoseconds: number | null | undefined): number => (nanoseconds ?? 0) / 1e6;
