import { asc, desc, eq } from 'drizzle-orm';
import { exposition } from '#core/reports/exposition.ts';
import { metricsOf } from '#core/reports/metrics.ts';
import { type Report, reportOfPreflight, reportOfVerification } from '#core/reports/report.ts';
import { clusters, preflights, verifications } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';
import { notForgotten } from '../../views/cluster.ts';
import { controlPlaneMetrics } from './control-plane.ts';

/** The control plane, what was counted in this process, and the newest report of each kind of every cluster. */
export async function showMetrics({ ctx }: Call<Record<string, never>>): Promise<string> {
  await authorise(ctx, 'read');
  const { store, nowMs } = ctx.deps;
  const names = await store.read
    .select({ name: clusters.name })
    .from(clusters)
    .where(notForgotten)
    .orderBy(asc(clusters.name));
  const reports = await Promise.all(names.map(({ name }) => newestOf(ctx, name)));
  const own = await controlPlaneMetrics(ctx.deps);
  return exposition([...own, ...ctx.deps.meter.metrics(), ...metricsOf(reports.flat(), nowMs())]);
}

async function newestOf({ deps }: Context, cluster: string): Promise<Report[]> {
  const { query } = deps.store.read;
  const [verified, looked] = await Promise.all([
    query.verifications.findFirst({ where: eq(verifications.cluster, cluster), orderBy: desc(verifications.id) }),
    query.preflights.findFirst({ where: eq(preflights.cluster, cluster), orderBy: desc(preflights.id) }),
  ]);
  return [
    ...(verified === undefined ? [] : [reportOfVerification(verified)]),
    ...(looked === undefined ? [] : [reportOfPreflight(looked)]),
  ];
}
