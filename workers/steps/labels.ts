import { clusterLabel, operationLabel } from '#core/spec/names.ts';
import type { EngineJson, Outcome } from '#core/step.ts';
import type { StepContext } from './context.ts';
import { blocked } from './outcomes.ts';

/** Adds the labels that say whose an object is and which operation made it. */
export function withOwnLabels(body: EngineJson, context: Pick<StepContext, 'cluster' | 'operation'>): EngineJson {
  const labels = typeof body['Labels'] === 'object' && body['Labels'] !== null ? body['Labels'] : {};
  return { ...body, Labels: { ...labels, ...ownLabels(context) } };
}

export const ownLabels = (context: Pick<StepContext, 'cluster' | 'operation'>): Record<string, string> => ({
  [clusterLabel]: context.cluster,
  [operationLabel]: context.operation,
});

/** True when the labels say that this cluster's Flotilla made the object. */
export const isOurs = (labels: Readonly<Record<string, string>>, context: Pick<StepContext, 'cluster'>): boolean =>
  labels[clusterLabel] === context.cluster;

/** The refusal for an object of that name without our label: it is never changed nor removed. */
export function notOurs(what: string, name: string): Outcome {
  return blocked({
    id: 'not_ours',
    message: `There is a ${what} ${name} that Flotilla did not make.`,
    fix: `Rename yours in the spec, or remove the existing ${what} by hand if it is not needed.`,
  });
}
