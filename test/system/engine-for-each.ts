import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type EngineClient, localEngine } from '#workers/docker/engine.ts';
import { FakeEngine } from './ssh-fake-engine.ts';
import { SshWorld } from './ssh-world.ts';

interface One {
  fake: FakeEngine;
  /** The way to it, closed after the test. */
  engine: EngineClient;
}

/** Gives each test of a file a fake engine of its own. */
export function engineForEach(use: (one: One) => void): void {
  let world: SshWorld;
  let engine: EngineClient;
  let number = 0;
  beforeAll(() => {
    world = new SshWorld();
  });
  beforeEach(async () => {
    number += 1;
    const fake = await new FakeEngine(world.path(`engine-${number}.sock`)).start(world);
    engine = localEngine(fake.socketPath, 'h1');
    use({ fake, engine });
  });
  afterEach(() => engine.close());
  afterAll(() => world.close());
}
