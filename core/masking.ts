import { z } from 'zod';
import type { Plan } from './plan.ts';
import type { EngineJson, Step } from './step.ts';

const mask = '***';

/** The same names, and no value. */
export const maskedValues = (from: object): Record<string, string> =>
  Object.fromEntries(Object.keys(from).map((name) => [name, mask]));

/** A volume as it is declared; its options may hold the password of a file server. */
interface Declared {
  driver_opts?: Record<string, string> | undefined;
}

/** The volumes of a spec without the values of their options. */
export const maskVolumes = <T extends Declared>(volumes: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(
    Object.entries(volumes).map(([name, one]) => [
      name,
      one.driver_opts === undefined ? one : { ...one, driver_opts: maskedValues(one.driver_opts) },
    ]),
  );

interface Runnable {
  environment: Record<string, string>;
  declared?: Readonly<Record<string, Declared>> | undefined;
  logging?: { driver?: string | undefined; options?: Record<string, string> | undefined } | undefined;
}

/** A service or container of a spec with every value replaced that may be a secret: of its environment, and of its logging. */
export const maskRunnable = <T extends Runnable>(spec: T): T => ({
  ...spec,
  environment: maskedValues(spec.environment),
  ...(spec.logging === undefined ? {} : { logging: maskLogging(spec.logging) }),
  ...(spec.declared === undefined ? {} : { declared: maskVolumes(spec.declared) }),
});

/** `logging` of Compose; its options may hold the token of a log server. */
const maskLogging = <T extends { options?: Record<string, string> | undefined }>(logging: T): T =>
  logging.options === undefined ? logging : { ...logging, options: maskedValues(logging.options) };

/** The plan with every environment value replaced: what people and programs other than the worker may see. */
export const maskPlan = (plan: Plan): Plan => ({ ...plan, steps: plan.steps.map((step) => maskStep(step)) });

/** A step with every environment value replaced. */
export function maskStep(step: Step): Step {
  if (step.kind === 'create-service') return { ...step, args: { ...step.args, spec: maskService(step.args.spec) } };
  if (step.kind === 'update-service') return { ...step, args: { ...step.args, spec: maskService(step.args.spec) } };
  if (step.kind === 'run-container') return { ...step, args: { ...step.args, spec: maskRunnable(step.args.spec) } };
  if (step.kind === 'replace-container') return { ...step, args: { ...step.args, spec: maskRunnable(step.args.spec) } };
  return step;
}

const optionsSchema = z.looseObject({ Options: z.record(z.string(), z.string()).nullish() });
const mountSchema = z.looseObject({
  VolumeOptions: z.looseObject({ DriverConfig: optionsSchema.nullish() }).nullish(),
});
type EngineMount = z.infer<typeof mountSchema>;

function maskMount(mount: EngineMount): EngineMount {
  const config = mount.VolumeOptions?.DriverConfig;
  if (!config?.Options) return mount;
  const DriverConfig = { ...config, Options: maskedValues(config.Options) };
  return { ...mount, VolumeOptions: { ...mount.VolumeOptions, DriverConfig } };
}

const withValuesSchema = z.looseObject({
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({ Env: z.array(z.string()).nullish(), Mounts: z.array(mountSchema).nullish() }),
    LogDriver: optionsSchema.nullish(),
  }),
});

function maskService(body: EngineJson): EngineJson {
  const parsed = withValuesSchema.safeParse(body);
  if (!parsed.success) return body;
  const { TaskTemplate } = parsed.data;
  const Env = (TaskTemplate.ContainerSpec.Env ?? []).map((line) => `${line.split('=', 1)[0] ?? ''}=${mask}`);
  const { ContainerSpec, LogDriver } = TaskTemplate;
  const mounts = ContainerSpec.Mounts ? { Mounts: ContainerSpec.Mounts.map(maskMount) } : {};
  const options = LogDriver?.Options ? { LogDriver: { ...LogDriver, Options: maskedValues(LogDriver.Options) } } : {};
  return {
    ...body,
    TaskTemplate: { ...TaskTemplate, ContainerSpec: { ...ContainerSpec, Env, ...mounts }, ...options },
  };
}
