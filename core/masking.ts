import { z } from 'zod';
import type { Plan } from './plan.ts';
import type { EngineJson, Step } from './step.ts';

const mask = '***';

/** The same names, and no value. */
export const maskedValues = (from: object): Record<string, string> =>
  Object.fromEntries(Object.keys(from).map((name) => [name, mask]));

/** The plan with every environment value replaced: what people and programs other than the worker may see. */
export const maskPlan = (plan: Plan): Plan => ({ ...plan, steps: plan.steps.map((step) => maskStep(step)) });

/** A step with every environment value replaced. */
export function maskStep(step: Step): Step {
  if (step.kind === 'create-service') return { ...step, args: { ...step.args, spec: maskService(step.args.spec) } };
  if (step.kind === 'update-service') return { ...step, args: { ...step.args, spec: maskService(step.args.spec) } };
  if (step.kind === 'run-container') return { ...step, args: { ...step.args, spec: maskContainer(step.args.spec) } };
  if (step.kind === 'replace-container')
    return { ...step, args: { ...step.args, spec: maskContainer(step.args.spec) } };
  return step;
}

const maskContainer = <T extends { environment: Record<string, string> }>(spec: T): T => ({
  ...spec,
  environment: maskedValues(spec.environment),
});

const withEnvSchema = z.looseObject({
  TaskTemplate: z.looseObject({ ContainerSpec: z.looseObject({ Env: z.array(z.string()) }) }),
});

function maskService(body: EngineJson): EngineJson {
  const parsed = withEnvSchema.safeParse(body);
  if (!parsed.success) return body;
  const { TaskTemplate } = parsed.data;
  const Env = TaskTemplate.ContainerSpec.Env.map((line) => `${line.split('=', 1)[0] ?? ''}=${mask}`);
  return { ...body, TaskTemplate: { ...TaskTemplate, ContainerSpec: { ...TaskTemplate.ContainerSpec, Env } } };
}
