import { canonical } from '#core/canonical.ts';
import type { Finding } from '#core/finding.ts';
import type { PlanInput } from '#core/plan/input.ts';
import { warning } from '#core/plan/part.ts';
import { planCluster } from '#core/plan/plan-cluster.ts';
import type { Plan } from '#core/plan.ts';
import type { Step } from '#core/step.ts';
import { stepSentence } from '#core/wording.ts';
import type { Reader } from '#db/reader.ts';
import { appliedOf, wholeBefore } from '../../views/applied.ts';
import type { OperationRow } from '../../views/operation.ts';
import { revisionRow } from '../../views/revision.ts';

/**
 * What a plan tries again because the revision that it builds on stopped half way: whoever changes something else
 * is told, as it is not what he asked for.
 */
export async function leftUndone(read: Reader, row: OperationRow, input: PlanInput, plan: Plan): Promise<Finding[]> {
  const { cluster, base } = input;
  if (base === null || base === input.revision || plan.steps.length === 0) return [];
  if ((await appliedOf(read, cluster, [base])).get(base) !== 'in-part') return [];
  const { spec, decisions } = await revisionRow(read, cluster, base);
  const before = await planCluster({ ...input, revision: base, spec, decisions });
  if (before.kind !== 'planned') return [];
  const left = new Set(before.plan.steps.map(keyOf));
  const again = plan.steps.filter((step) => step.kind !== 'verify' && left.has(keyOf(step)));
  return again.length === 0 ? [] : [warningOf(cluster, base, again, await wholeBefore(read, row))];
}

const keyOf = ({ id, args }: Step): string => canonical([id, args]);

const warningOf = (cluster: string, base: number, again: readonly Step[], whole: number | null): Finding =>
  warning({
    id: 'tried-again',
    message: `Revision ${base}, on which this builds, was not carried out whole. This tries again what it left undone: ${again.map(stepSentence).join('; ')}.`,
    fix:
      whole === null
        ? 'Mend the cause first, or change the spec so that it is not wanted any more.'
        : `To drop that instead, go back first: \`flotilla rollback ${whole} --cluster ${cluster}\`.`,
  });
