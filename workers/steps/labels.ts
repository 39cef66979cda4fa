import { clusterLabel, operationLabel } from '#core/spec/names.ts';
import type { EngineJson } from '#core/step.ts';
import type { StepContext } from './context.ts';

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
