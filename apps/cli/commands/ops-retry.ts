import { apiOf } from '#cli/api.ts';
import { seeThrough } from '#cli/progress/see-through.ts';
import type { Session } from '#cli/session.ts';
import { decidedBefore } from './decided-before.ts';
import { pickWork } from './pick-operation.ts';

/** Asks again for what an ended operation was asked for, and follows the new one. */
export async function opsRetry(session: Session, id: string, { reason }: { reason?: string }): Promise<number> {
  const api = apiOf(session);
  const operation = await api.ask(
    api.client.v1.operations[':id'].retry.$post({
      param: { id: await pickWork(api, id) },
      json: { reason: reason ?? null },
    }),
  );
  session.say([`Operation ${operation.id}, again what ${operation.retryOf ?? id} was asked for.`]);
  return seeThrough(session, operation.id, { showPlan: { known: await decidedBefore(api, operation) } });
}
