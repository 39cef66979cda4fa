import { demoProposed } from './demo.ts';
import { someone, type Someone } from './people.ts';
import { admin, world, worldForEachTest } from './the-world.ts';

/* Who asks and who decides, in a world of each test: see the-world.ts. */

/** Operates. */
export let olga: Someone;
/** Approves. */
export let bob: Someone;
/** Approves as well. */
export let eve: Someone;

/** The demo cluster, proposed by the admin; a worker without hosts; Olga, Bob and Eve. `prepare` makes what else is there. */
export function decidingForEachTest(prepare: () => Promise<unknown> = () => Promise.resolve()): void {
  worldForEachTest(async () => {
    await demoProposed(admin);
    olga = await someone(world, 'olga', 'operator');
    bob = await someone(world, 'bob', 'approver');
    eve = await someone(world, 'eve', 'approver');
    await prepare();
  });
}
