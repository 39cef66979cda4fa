import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpecInput } from '#core/spec/spec.ts';
import { applied, applySpec } from './support/operations.ts';
import { createStage, type Stage } from './support/stage.ts';

/** A service with a task on each host and a port in host mode: the next task waits for the port of the one before it. */
let stage: Stage;
beforeAll(async () => {
  stage = await createStage({ id: 'host-ports', engines: ['20.10', '28.5'] });
});
afterAll(async () => stage?.close());

type Service = NonNullable<SpecInput['services']>[string];
const specWith = (command: string, deploy: Service['deploy']): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: {} },
  verify: { connectivity: 'none' },
  services: {
    web: {
      image: 'busybox',
      command: ['sh', '-c', command],
      networks: ['net'],
      stop_grace_period: '1s',
      ports: [{ target: 80, published: 8088, mode: 'host' }],
      deploy: { endpoint_mode: 'dnsrr', ...deploy },
    },
  },
});
const nothing = (): SpecInput => ({
  cluster: 'demo',
  nodes: { h1: { role: 'manager' }, h2: {} },
  networks: { net: {} },
});
const crashing = 'sleep 1; exit 1';
/** The shell is deaf to SIGTERM, so that each is stopped by its grace. */
const serving = (turn: number): string => `httpd -f -p 80; true ${turn}`;

test('replicas that crash are mended by an update, and updated again', async () => {
  const deploy = { replicas: 2 };
  expect(await applySpec(stage.api, specWith(crashing, deploy))).toMatchObject({ state: 'failed' });
  await applied(stage.api, specWith(serving(1), deploy));
  await applied(stage.api, specWith(serving(2), deploy));
});

test('tasks on each node that are to start first are told why they cannot, and updated as it says', async () => {
  await applied(stage.api, nothing());
  const first = { mode: 'global', update_config: { order: 'start-first' } } as const;
  await applied(stage.api, specWith(serving(1), first));
  const { error } = await applySpec(stage.api, specWith(serving(2), first));
  expect(error).toMatchObject({
    code: 'port_taken',
    message: expect.stringMatching(/^A task of web waits for the port of the one that it replaces, which goes on: /),
    done: expect.stringContaining('The service web was rolled back and runs as before.'),
    next: expect.stringContaining('Write `deploy.update_config: { order: stop-first }` for web and apply'),
  });
  await applied(stage.api, specWith(serving(2), { mode: 'global' }));
});
