import type { Plan } from '../plan.ts';
import type { PlanInput } from '../plan/input.ts';
import { planCluster } from '../plan/plan-cluster.ts';
import { planText } from '../wording.ts';
import { afterwards } from './simulate.ts';

/** The plan as text, or the refusal as `refused <code> [host]: …`, each of its parts on a line. */
export async function told(input: PlanInput): Promise<string> {
  const planned = await planCluster(input);
  if (planned.kind === 'planned') return planText(planned.plan);
  const { code, message, done, next, host } = planned.error;
  const head = `refused ${code}${host === undefined ? '' : ` on ${host}`}: ${message}`;
  return [head, done, ...(next === undefined ? [] : [`next: ${next}`])].join('\n');
}

/** The plan itself. @throws Error with the refusal when there is none. */
export async function planned(input: PlanInput): Promise<Plan> {
  const result = await planCluster(input);
  if (result.kind === 'planned') return result.plan;
  throw new Error(`refused: ${result.error.message}`);
}

/** The input after the plan of this input was carried out, ready to be planned again. */
export const carriedOut = async (input: PlanInput): Promise<PlanInput> => afterwards(input, await planned(input));

/** Lines without the common indentation, for plan texts inside tests. */
export function lines(text: string): string {
  const all = text.replace(/^\n/, '').replace(/\n *$/, '').split('\n');
  const indent = Math.min(...all.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return all.map((line) => line.slice(indent)).join('\n');
}
