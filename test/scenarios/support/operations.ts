import { type Client, unwrap } from '#api/client.ts';
import { isFinished, type Operation } from '#core/operation.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { OperationView } from '#core/wire.ts';
import type { LabHost } from '#lab/types.ts';

/* What a person does with Flotilla, over HTTP: each function one request, or one request and the wait for its end. */

/** Adds hosts with the keys that they really have. */
export async function addHosts(api: Client, hosts: readonly LabHost[]): Promise<void> {
  for (const host of hosts) {
    const { name, address, sshPort: port, user } = host;
    const fingerprint = await host.hostKeyFingerprint();
    await unwrap(api.v1.hosts.$post({ json: { name, address, port, user, fingerprint } }));
  }
}

/** Proposes a spec; gives the number of its revision. */
export async function propose(api: Client, spec: SpecInput): Promise<number> {
  const { cluster } = spec;
  return (await unwrap(api.v1.clusters[':cluster'].spec.$put({ param: { cluster }, json: { spec } }))).number;
}

export const requestApply = (
  api: Client,
  cluster: string,
  json: { preflight?: 'errors' | 'warnings' | 'skip' } = {},
): Promise<Operation> => unwrap(api.v1.clusters[':cluster'].apply.$post({ param: { cluster }, header: {}, json }));

export const requestPlan = (api: Client, cluster: string): Promise<Operation> =>
  unwrap(api.v1.clusters[':cluster'].plans.$post({ param: { cluster }, json: {} }));

export const requestVerify = (api: Client, cluster: string): Promise<Operation> =>
  unwrap(api.v1.clusters[':cluster'].verify.$post({ param: { cluster }, json: {} }));

export const requestRetry = (api: Client, id: string): Promise<Operation> =>
  unwrap(api.v1.operations[':id'].retry.$post({ param: { id }, json: {} }));

export const requestCancel = (api: Client, id: string): Promise<Operation> =>
  unwrap(api.v1.operations[':id'].cancel.$post({ param: { id }, json: {} }));

export const requestRestartEngine = (api: Client, name: string): Promise<Operation> =>
  unwrap(api.v1.hosts[':name']['restart-engine'].$post({ param: { name }, json: { reason: 'test' } }));

export const show = (api: Client, id: string, waitS = 0): Promise<OperationView> =>
  unwrap(api.v1.operations[':id'].$get({ param: { id }, query: { wait: String(waitS) } }));

/** The operation once it has ended. Throws, with what it was doing, when that takes too long. */
export async function ended(api: Client, { id }: Pick<Operation, 'id'>, limitMs = 150_000): Promise<OperationView> {
  const end = performance.now() + limitMs;
  for (;;) {
    const view = await show(api, id, 20);
    if (isFinished(view.state)) return view;
    if (performance.now() > end) throw new Error(`${view.kind} ${id} did not end: ${progressText(view)}`);
  }
}

/** One line with what an operation did, for the messages of failed tests. */
export const progressText = ({ state, error, steps }: OperationView): string =>
  [
    state,
    ...(error === null ? [] : [`${error.code}: ${error.message} ${error.done ?? ''}`]),
    ...steps.map((step) => `${step.step.id} ${step.outcome === null ? step.state : JSON.stringify(step.outcome)}`),
  ].join('\n  ');

/** Proposes a spec, applies it and waits for the end, whatever that is. */
export async function applySpec(api: Client, spec: SpecInput): Promise<OperationView> {
  await propose(api, spec);
  return ended(api, await requestApply(api, spec.cluster));
}

/** The same, for a test that goes on from there: throws, with what happened, unless it succeeded. */
export async function applied(api: Client, spec: SpecInput): Promise<OperationView> {
  return succeeded(await applySpec(api, spec));
}

export function succeeded(view: OperationView): OperationView {
  if (view.state === 'succeeded') return view;
  throw new Error(`${view.kind} ${view.id} was to succeed and did not: ${progressText(view)}`);
}

/** Proposes what a verb makes of the newest spec, applies it and waits for the end, whatever that is. */
export async function applyEdit(
  api: Client,
  cluster: string,
  edit: { verb: string; args: Record<string, unknown> },
): Promise<OperationView> {
  await unwrap(api.v1.clusters[':cluster'].edits.$post({ param: { cluster }, json: edit }));
  return ended(api, await requestApply(api, cluster));
}
