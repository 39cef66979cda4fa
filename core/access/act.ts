import { hexOf } from '../audit/base64.ts';
import { canonical } from '../canonical.ts';
import { targetText } from '../host.ts';
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
 * Letting go of a managed cluster. Nothing on its hosts changes, and nobody is asked any more about what does: who may do
 * that alone passes every other rule of the cluster by.
 */
export const actOfForget = async (cluster: string): Promise<Act> => ({
  cluster,
  digest: await digestOf({ format: 'flotilla-act-1', cluster, kind: 'forget' }),
  risk: 'critical',
  verb: 'cluster.apply',
  what: `let go of ${cluster}`,
});

type RequestOf<K extends OperationRequest['kind']> = Extract<OperationRequest, { kind: K }>;

/**
 * A change of one host without a plan; null for what is none. An engine that restarts takes down what runs on it for a
 * while, and that of a manager its vote; cleaning removes what is ours and used by nobody; another key is another answer
 * to who the host is, and a manager is given every secret and hands out the join tokens. Another way to the same machine
 * changes nothing on it; one to whatever answers there is another answer again.
 */
export async function actOnHost(request: OperationRequest, cluster: string, spec: Spec | null): Promise<Act | null> {
  if (request.kind === 'pin-host') return await actOfPin(request, cluster, spec);
  if (request.kind === 'set-host') return await actOfSet(request, cluster, spec);
  if (request.kind !== 'restart-engine' && request.kind !== 'clean-host') return null;
  const { kind, host } = request;
  const digest = await digestOf({ format: 'flotilla-act-1', cluster, kind, host });
  if (kind === 'clean-host') return { cluster, digest, risk: 'low', verb: 'host.clean', what: `clean ${host}` };
  const risk = spec?.nodes[host]?.role === 'manager' ? 'high' : 'medium';
  return { cluster, digest, risk, verb: 'engine.restart', what: `restart the engine of ${host} in ${cluster}` };
}

async function actOfPin(request: RequestOf<'pin-host'>, cluster: string, spec: Spec | null): Promise<Act> {
  const { kind, host, fingerprint, force } = request;
  const digest = await digestOf({ format: 'flotilla-act-1', cluster, kind, host, fingerprint, force });
  const risk = riskOfAnother(spec, host);
  const whatever = force ? ', whatever engine answers behind it' : '';
  return { cluster, digest, risk, verb: 'host.pin', what: `pin ${fingerprint} for ${host} in ${cluster}${whatever}` };
}

async function actOfSet(request: RequestOf<'set-host'>, cluster: string, spec: Spec | null): Promise<Act> {
  const { kind, host, from, to, force } = request;
  const digest = await digestOf({ format: 'flotilla-act-1', cluster, kind, host, from, to, force });
  const whatever = force ? ', whatever engine answers there' : '';
  const what = `reach ${host} in ${cluster} as ${targetText(to)} instead of ${targetText(from)}${whatever}`;
  return { cluster, digest, risk: force ? riskOfAnother(spec, host) : 'medium', verb: 'host.set', what };
}

/** Of another machine in the place of a host: a manager is given every secret. */
const riskOfAnother = (spec: Spec | null, host: string): Risk =>
  spec?.nodes[host]?.role === 'manager' ? 'critical' : 'high';

const digestOf = async (value: unknown): Promise<string> =>
  hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(value)))));
