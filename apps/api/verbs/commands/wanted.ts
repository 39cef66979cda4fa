import type { Spec } from '#core/spec/spec.ts';
import { stackLabel, stacksOf } from '#core/spec/stack.ts';
import type { Context } from '../../http/env.ts';
import { clusterRow } from '../../views/cluster.ts';
import { currentRevision } from '../../views/revision.ts';
import type { Handler } from './handler.ts';
import { table } from './results.ts';

type Parts = Pick<Spec, 'nodes' | 'networks' | 'services' | 'containers'>;

/** What the current revision of a cluster wants, a table for each part. */
export const wanted: Readonly<Record<string, Handler>> = {
  'node ls': async (ctx, _, cluster) => {
    const { nodes } = await partsOf(ctx, await cluster());
    const rows = Object.entries(nodes).map(([name, { role, availability }]) => [name, role, availability]);
    return table('Nodes', ['host', 'role', 'availability'], rows);
  },
  'network ls': async (ctx, _, cluster) => {
    const { networks } = await partsOf(ctx, await cluster());
    const rows = Object.entries(networks).map(([name, { subnet, attachable, encrypted }]) => [
      name,
      subnet ?? 'from the pool',
      [attachable ? 'attachable' : '', encrypted ? 'encrypted' : ''].filter(Boolean).join(', '),
    ]);
    return table('Networks', ['network', 'subnet', ''], rows);
  },
  'service ls': async (ctx, _, cluster) => {
    const { services } = await partsOf(ctx, await cluster());
    const rows = Object.entries(services).map(([name, { image, networks, deploy }]) => [
      name,
      image,
      Object.keys(networks).join(', '),
      deploy.labels[stackLabel] ?? '',
    ]);
    return table('Services', ['service', 'image', 'networks', 'stack'], rows);
  },
  'container ls': async (ctx, _, cluster) => {
    const { containers } = await partsOf(ctx, await cluster());
    const rows = Object.entries(containers).map(([name, { host, image }]) => [name, host, image]);
    return table('Containers', ['container', 'host', 'image'], rows);
  },
  'stack ls': async (ctx, _, cluster) => {
    const stacks = stacksOf(await partsOf(ctx, await cluster()));
    const rows = Object.entries(stacks).map(([stack, { services }]) => [stack, services.join(', ')]);
    return table('Stacks', ['stack', 'services'], rows);
  },
};

async function partsOf(ctx: Context, cluster: string): Promise<Parts> {
  const { read } = ctx.deps.store;
  const revision = await currentRevision(read, await clusterRow(read, cluster));
  return revision?.spec ?? { nodes: {}, networks: {}, services: {}, containers: {} };
}
