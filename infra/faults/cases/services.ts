import { until } from '#lab/wait.ts';
import { docker, tasksOf } from '../docker.ts';
import type { FaultCase, Site } from './types.ts';

/** `shop` has one task and `few` lives in a subnet of 13 addresses; what is done to them is done by hand, as people do. */
async function update({ manager }: Site, ...options: string[]): Promise<void> {
  await docker(manager, ['service', 'update', '--detach', '--quiet', '--no-resolve-image', ...options, 'shop']);
}

/** So that the task that fails is not tried on one host after the other. */
const onlyOn = ({ name }: Site['bad']): string[] => ['--constraint-add', `node.hostname==${name}`];

const rollBack = async ({ manager }: Site): Promise<void> => {
  await docker(manager, ['service', 'rollback', '--detach', '--quiet', 'shop']);
};

/** Waits until a task of a service says this. */
const saying = ({ manager }: Site, service: string, words: RegExp): Promise<unknown> =>
  until(
    `${service} says ${words.source}`,
    async () => (await tasksOf(manager, service)).find(({ error, state }) => words.test(error) || words.test(state)),
    { limitMs: 90_000, everyMs: 300 },
  );

/** Services whose tasks cannot run, and containers that cannot join. The network is fine. */
export const serviceCases: FaultCase[] = [
  {
    name: 'image-missing',
    stage: 'formed',
    by: 'verify',
    async inject(site) {
      await update(site, '--image', 'no-such-image:1', ...onlyOn(site.bad));
      await saying(site, 'shop', /no such image/iu);
      return { id: 'image-missing', hosts: [site.bad.name] };
    },
    heal: rollBack,
  },
  {
    name: 'health-check-failing',
    stage: 'formed',
    by: 'verify',
    async inject(site) {
      const often = ['--health-interval', '1s', '--health-timeout', '1s', '--health-retries', '1'];
      await update(site, '--health-cmd', 'false', ...often, ...onlyOn(site.bad));
      // nginx ends in order when it is taken down, so that its tasks tell no error.
      await until(
        'the health check has taken two tasks down',
        async () =>
          (await tasksOf(site.manager, 'shop')).filter(({ state }) => state.startsWith('Complete')).length > 1,
        { limitMs: 90_000, everyMs: 300 },
      );
      return { id: 'health-check-failing', hosts: [site.bad.name] };
    },
    heal: rollBack,
  },
  {
    name: 'no-suitable-node',
    stage: 'formed',
    by: 'verify',
    async inject(site) {
      await update(site, '--constraint-add', 'node.labels.zone==nowhere');
      await saying(site, 'shop', /no suitable node/iu);
      return { id: 'no-suitable-node', hosts: [] };
    },
    heal: rollBack,
  },
  {
    name: 'port-taken',
    stage: 'formed',
    by: 'verify',
    async inject(site) {
      await site.bad.fault('port-taken', { port: 'tcp/8090' });
      // By force: where its task runs on that host already, Swarm takes it for a change of placement, and leaves it.
      await update(site, '--force', '--publish-add', 'mode=host,published=8090,target=80', ...onlyOn(site.bad));
      await saying(site, 'shop', /address already in use/iu);
      return { id: 'port-taken', hosts: [site.bad.name] };
    },
    heal: rollBack,
  },
  {
    name: 'ip-exhausted',
    stage: 'formed',
    by: 'verify',
    async inject({ manager }) {
      await docker(manager, ['service', 'scale', '--detach', 'few=20']);
      await until('a task waits for an address', async () =>
        (await tasksOf(manager, 'few')).some(({ state, host }) => state.startsWith('New') && host === null),
      );
      return { id: 'ip-exhausted', hosts: [] };
    },
    heal: async ({ manager }) => {
      await docker(manager, ['service', 'scale', '--detach', 'few=1']);
    },
  },
  {
    name: 'not-attachable',
    stage: 'formed',
    by: 'verify',
    /** Somebody makes the network anew and forgets `--attachable`. */
    async inject({ manager, spec }) {
      await docker(manager, ['rm', '--force', 'guest']);
      await remakeLounge(manager, spec.cluster, []);
      return { id: 'not-attachable', hosts: [] };
    },
    async heal({ manager, plane, spec }) {
      await remakeLounge(manager, spec.cluster, ['--attachable']);
      await plane.apply(spec);
    },
  },
  {
    name: 'stale-dns',
    stage: 'formed',
    by: 'verify',
    async inject({ bad, all }) {
      await bad.fault('stale-dns', { network: 'net', service: 'web' });
      // The bad host keeps the record and tells the others, which answer with it; it does not ask itself.
      return { id: 'stale-dns', hosts: all.filter((name) => name !== bad.name) };
    },
  },
];

async function remakeLounge(manager: Site['manager'], cluster: string, options: string[]): Promise<void> {
  await docker(manager, ['network', 'rm', 'lounge']);
  const create = ['docker', 'network', 'create', '--driver', 'overlay', '--subnet', '10.200.2.0/24'];
  const label = `io.flotilla.cluster=${cluster}`;
  await until('the network is gone', async () => {
    const made = await manager.exec([...create, '--label', label, ...options, 'lounge']);
    return made.code === 0;
  });
}
