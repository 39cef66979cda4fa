import { auditPageSchema, operationViewSchema, pageOf, verificationViewSchema } from '#core/wire.ts';
import type { ControlPlane } from './control-plane.ts';

export interface DemoSummary {
  ok: boolean;
  nodes: number;
  pairs: number;
  pairsOk: number;
  http: { url: string; ok: boolean }[];
  steps: number;
  auditEvents: number;
}

/** What the demo proved, read back from the control plane rather than from what was printed. */
export async function summarise(plane: ControlPlane, commandsOk: boolean): Promise<DemoSummary> {
  const verifications = pageOf(verificationViewSchema).parse(await plane.get('/v1/clusters/demo/verifications'));
  const operations = pageOf(operationViewSchema.pick({ id: true, kind: true, state: true })).parse(
    await plane.get('/v1/operations?cluster=demo&kind=apply'),
  );
  const first = operations.items.at(-1);
  const apply = first === undefined ? null : operationViewSchema.parse(await plane.get(`/v1/operations/${first.id}`));
  const audit = auditPageSchema.parse(await plane.get('/v1/audit?limit=200'));
  const all = verifications.items.map(({ verification }) => verification);
  const newest = all[0];
  const asked = Map.groupBy(newest?.checks.filter(({ check }) => check === 'http') ?? [], ({ target }) => target);
  const http = [...asked].map(([url, answers]) => ({ url, ok: answers.every(({ result }) => result === 'ok') }));
  const passed = all.length > 0 && all.every(({ verdict }) => verdict === 'passed');
  const pairsOk = newest?.pairs.filter(({ result }) => result === 'ok').length ?? 0;
  const applied = operations.items.every(({ state }) => state === 'succeeded');
  return {
    ok: commandsOk && passed && applied && newest !== undefined && pairsOk === newest.pairs.length,
    nodes: newest?.nodes.length ?? 0,
    pairs: newest?.pairs.length ?? 0,
    pairsOk,
    http,
    steps: apply?.steps.length ?? 0,
    auditEvents: audit.items.length,
  };
}
