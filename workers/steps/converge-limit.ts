import { z } from 'zod';
import type { EngineJson } from '#core/step.ts';

/** A service that has not converged by then is reported as failed, with its tasks' own errors. */
const updateMs = { base: 120_000, most: 420_000 };
/** Together they stay below the longest time that a step may take. */
const rollBackMs = { base: 60_000, most: 150_000 };

/** The longest that a service is waited for, whatever it is that takes so long. */
export const convergeMostMs = updateMs.most;

const ns = z.number().nullish();
const replacing = z.looseObject({ Parallelism: z.number().default(0), Delay: ns, Monitor: ns }).nullish();
const timesSchema = z.looseObject({
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({
      StopGracePeriod: ns,
      Healthcheck: z.looseObject({ Interval: ns, StartPeriod: ns }).nullish(),
    }),
  }),
  Mode: z.looseObject({ Replicated: z.looseObject({ Replicas: z.number() }).nullish() }).nullish(),
  UpdateConfig: replacing,
  RollbackConfig: replacing,
});
type Times = z.infer<typeof timesSchema>;

/**
 * How long a service may take until its tasks run: longer where it says itself that each needs time, for its first health
 * check or to stop, and that they are updated one after the other.
 */
export const convergeLimitMs = (spec: EngineJson, nodes: number): number =>
  limitOf(spec, nodes, updateMs, ({ UpdateConfig }) => UpdateConfig);

/** How long a task may take to stop once it is told to. */
export const stopGraceMs = (spec: EngineJson): number =>
  msOf(timesSchema.safeParse(spec).data?.TaskTemplate.ContainerSpec.StopGracePeriod ?? defaultGraceNs);

const defaultGraceNs = 10e9;

/** The same for the way back. */
export const rollBackLimitMs = (spec: EngineJson, nodes: number): number =>
  limitOf(spec, nodes, rollBackMs, ({ RollbackConfig }) => RollbackConfig);

function limitOf(
  spec: EngineJson,
  nodes: number,
  limits: { base: number; most: number },
  configOf: (times: Times) => Times['UpdateConfig'],
): number {
  const parsed = timesSchema.safeParse(spec);
  if (!parsed.success) return limits.base;
  const { TaskTemplate, Mode } = parsed.data;
  const config = configOf(parsed.data);
  const tasks = Mode?.Replicated?.Replicas ?? nodes;
  const { StopGracePeriod, Healthcheck } = TaskTemplate.ContainerSpec;
  const each = [StopGracePeriod, Healthcheck?.Interval, Healthcheck?.StartPeriod, config?.Delay].map(msOf);
  const atOnce = config?.Parallelism === 0 ? tasks : (config?.Parallelism ?? tasks);
  const batches = Math.ceil(Math.max(tasks, 1) / Math.max(atOnce, 1));
  const more = each.reduce((sum, ms) => sum + ms, 0) * batches + msOf(config?.Monitor);
  return Math.min(limits.base + more, limits.most);
}

const msOf = (nanoseconds: number | null | undefined): number => (nanoseconds ?? 0) / 1e6;

/** Tells at each look whether the time is over, of which that does not count in which an image is still pulled. */
export function timeFor(limitMs: number, startMs: number): (nowMs: number, isPulled: boolean) => boolean {
  let countsFromMs = startMs;
  return (nowMs, isPulled) => {
    if (isPulled) countsFromMs = nowMs;
    return nowMs - countsFromMs >= limitMs;
  };
}
