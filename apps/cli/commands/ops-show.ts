import { apiOf } from '#cli/api.ts';
import { operationLines } from '#cli/output/operation-view.ts';
import type { Session } from '#cli/session.ts';
import { pickOperation } from './pick-operation.ts';

/** An operation with the report of its verification, if it made one. */
export async function opsShow(session: Session, id: string): Promise<void> {
  const api = apiOf(session);
  const { client, ask } = api;
  const view = await ask(client.v1.operations[':id'].$get({ param: { id: await pickOperation(api, id) }, query: {} }));
  const report = verificationId(view.result);
  const seen = report === null ? null : await ask(client.v1.verifications[':id'].$get({ param: { id: report } }));
  const shown = { view, verification: seen?.verification ?? null };
  session.show({ ...view, verification: shown.verification }, () =>
    operationLines(shown, Date.now(), session.layout()),
  );
}

/** What verified says in its result where the report is. */
const verificationId = (result: unknown): string | null =>
  typeof result === 'object' && result !== null && 'verification' in result && typeof result.verification === 'string'
    ? result.verification
    : null;
