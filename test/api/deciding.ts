import { createWorld, type World } from '#test/world.ts';
import { demoProposed } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { someone, type Someone } from './people.ts';

/** The demo cluster, proposed by the admin; a worker without hosts; Olga operates, Bob and Eve approve. */
export interface Deciding {
  world: World;
  worker: FakeWorker;
  olga: Someone;
  bob: Someone;
  eve: Someone;
}

export async function createDeciding(): Promise<Deciding> {
  const world = await createWorld();
  await demoProposed(world.admin);
  return {
    world,
    worker: new FakeWorker(world.worker),
    olga: await someone(world, 'olga', 'operator'),
    bob: await someone(world, 'bob', 'approver'),
    eve: await someone(world, 'eve', 'approver'),
  };
}
