import { hexOf } from '../audit/base64.ts';
import { canonical } from '../canonical.ts';
import type { OperationRequest } from '../operation.ts';
import type { Plan, Risk } from '../plan.ts';
import type { Spec } from '../spec/spec.ts';
import type { Verb } from './verbs.ts';

/** What is about to be done to a cluster, as far as approval goes: a plan, or an act on one host that has none. */
export interface Act {
  cluster: string;
  /** What an approval binds to. */
  digest: string;
  risk: Risk;
  /** What whoever asked must still be allowed. */
  verb: Verb;
  /** To read after "asks to". */
  what: string;
}

export const actOfPlan = ({ cluster, digest, risk, revision }: Plan): Act => ({
  cluster,
  digest,
  risk,
  verb: 'cluster.apply',
  what: `apply revision ${revision} to ${cluster}`,
});

/**
 * A change of one host without a plan; null for what is none. An engine that restarts takes down what runs on it for a
 * while, and that of a manager its vote; cleaning removes what is ours and used by nobody.
 */
export async function actOnHost(request: OperationRequest, cluster: string, spec: Spec | null): Promise<Act | null> {
  if (request.kind !== 'restart-engine' && request.kind !== 'clean-host') return null;
  const { kind, host } = request;
  const digest = await digestOf({ format: 'flotilla-act-1', cluster, kind, host });
  if (kind === 'clean-host') return { cluster, digest, risk: 'low', verb: 'host.clean', what: `clean ${host}` };
  const risk = spec?.nodes[host]?.role === 'manager' ? 'high' : 'medium';
  return { cluster, digest, risk, verb: 'engine.restart', what: `restart the engine of ${host} in ${cluster}` };
}

const digestOf = async (value: unknown): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(value)))));
