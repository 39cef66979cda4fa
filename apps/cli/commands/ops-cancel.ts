import { apiOf } from '#cli/api.ts';
import type { Session } from '#cli/session.ts';
import { pickWork } from './pick-operation.ts';

export async function opsCancel(session: Session, id: string, { reason }: { reason?: string }): Promise<void> {
  const api = apiOf(session);
  const operation = await api.ask(
    api.client.v1.operations[':id'].cancel.$post({
      param: { id: await pickWork(api, id) },
      json: { reason: reason ?? null },
    }),
  );
  session.show(operation, () => [
    operation.state === 'cancelled'
      ? `Operation ${operation.id} is cancelled. It had not started.`
      : `Operation ${operation.id} stops before its next step; the step that runs now is finished. Watch it: flotilla ops watch ${operation.id}`,
  ]);
}
