import { apiOf } from '#cli/api.ts';
import { scheduleText } from '#cli/output/reports-view.ts';
import type { Session } from '#cli/session.ts';
import { pickCluster } from './pick-cluster.ts';

export interface ScheduleOptions {
  /** Seconds. */
  every?: number;
  off?: boolean;
  reason?: string;
}

/** Sets, ends or shows the schedule of a cluster. */
export async function verifySchedule(
  session: Session,
  name: string | undefined,
  options: ScheduleOptions,
): Promise<void> {
  const { client, ask } = apiOf(session);
  const cluster = await pickCluster(apiOf(session), name);
  const path = client.v1.clusters[':cluster'].schedule;
  if (options.off === true) {
    const removed = await ask(path.$delete({ param: { cluster } }));
    return session.show(removed, () => [`${cluster} is verified only when somebody asks.`]);
  }
  const { every, reason = null } = options;
  const answer = await ask(
    every === undefined
      ? path.$get({ param: { cluster } })
      : path.$put({ param: { cluster }, json: { everySeconds: every, reason } }),
  );
  session.show(answer.schedule, () => [`${cluster}: ${scheduleText(answer.schedule, Date.now())}`]);
}
