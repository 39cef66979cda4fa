import type { OperationError } from '#core/operation.ts';
import type { Preflight } from '#core/preflight.ts';
import { rootCausesOf } from '#core/causes/finding-of.ts';
import { condensed } from '#core/reports/condense.ts';
import { incompleteSentence } from '../checks/incomplete.ts';
import { runPreflight } from '../preflight/run-preflight.ts';
import type { Ended, RunContext } from '../run-context.ts';

/** A preflight on its own: looks at hosts and at the network between them. Changes nothing. */
export async function runPreflightOperation(context: RunContext): Promise<Ended> {
  const { request, id } = context.lease.operation;
  if (request.kind !== 'preflight') throw new Error(`preflight was asked to run ${request.kind}`);
  const preflight = await runPreflight({
    hosts: context.hosts,
    names: request.hosts,
    ours: nodesOnRecord(context.lease),
    wants: request.wants,
    full: request.full,
    operation: id,
    note: (host, text) => context.reporter.report({ type: 'note', step: null, host, text }),
  });
  context.reporter.report({ type: 'preflight', preflight: condensed(preflight) });
  const error = preflightError(preflight);
  return error === null
    ? { kind: 'ended', state: 'succeeded', error: null }
    : { kind: 'ended', state: 'failed', error };
}

/** Null for hosts of no cluster, and for a cluster whose nodes nobody has written down yet. */
function nodesOnRecord({ cluster }: RunContext['lease']): string[] | null {
  const nodes = Object.values(cluster?.nodes ?? {});
  return nodes.length === 0 ? null : nodes;
}

/** What a preflight means for who asked for it; null when nothing is wrong. */
export function preflightError({ verdict, findings, checks }: Preflight): OperationError | null {
  if (verdict === 'passed') return null;
  const worst = rootCausesOf(findings).find(({ severity }) => severity === 'error');
  const message =
    verdict === 'failed' ? (worst?.message ?? 'The preflight failed.') : incompleteSentence(checks, worst);
  const next = worst?.fix ?? 'Run `flotilla preflight` again when all hosts answer.';
  return { code: 'preflight_failed', message, done: 'Nothing was changed on any host.', next };
}
