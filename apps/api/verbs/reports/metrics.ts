import { asc, desc, eq } from 'drizzle-orm';
import { exposition, type Metric } from '#core/reports/exposition.ts';
import { metricsOf } from '#core/reports/metrics.ts';
import { type Report, reportOfPreflight, reportOfVerification } from '#core/reports/report.ts';
import { clusters, preflights, verifications } from '#db/schema/index.ts';
import { authorise } from '../../access.ts';
import type { Call, Context } from '../../http/env.ts';

/** The newest report of each kind of every cluster, and the control plane itself, as Prometheus reads it. */
export async function showMetrics({ ctx }: Call<Record<string, never>>): Promise<string> {
  await authorise(ctx, 'read');
  const { store, nowMs } = ctx.deps;
  const names = await store.read.select({ name: clusters.name }).from(clusters).orderBy(asc(clusters.name));
  const reports = await Promise.all(names.map(({ name }) => newestOf(ctx, name)));
  return exposition([...ownMetrics(ctx), ...metricsOf(reports.flat(), nowMs())]);
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

const ownMetrics = ({ deps }: Context): Metric[] => [
  {
    name: 'flotilla_build_info',
    type: 'gauge',
    help: 'Always 1; the version is a label.',
    samples: [{ labels: { version: deps.version }, value: 1 }],
  },
  {
    name: 'flotilla_lost_rings_total',
    type: 'counter',
    help: 'Rings for workers that did not get through since the start; each is rung again.',
    samples: [{ labels: {}, value: deps.dispatch.failures }],
  },
];
