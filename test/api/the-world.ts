import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Client } from '#api/client.ts';
import { createWorld, type World } from '#test/world.ts';
import { FakeWorker } from './fake-worker.ts';

/*
 * The control plane of the tests of one file: said once at its top, closed by itself. An import sees the variable, not
 * what it was when it was imported, so that each test finds its own.
 */

export let world: World;
/** The client of a person who is admin. */
export let admin: Client;
/** A worker that a test plays. */
export let worker: FakeWorker;

type Options = Parameters<typeof createWorld>[0];
type Prepare = () => Promise<unknown>;

const nothing: Prepare = () => Promise.resolve();

/** A control plane for every test of the file, closed after it; `prepare` makes what each of them finds there. */
export function worldForEachTest(prepare: Prepare = nothing, options?: Options): void {
  beforeEach(() => open(prepare, options));
  afterEach(() => world.close());
}

/** One control plane for all tests of the file. */
export function worldForAllTests(prepare: Prepare = nothing, options?: Options): void {
  beforeAll(() => open(prepare, options));
  afterAll(() => world?.close());
}

async function open(prepare: Prepare, options?: Options): Promise<void> {
  world = await createWorld(options);
  ({ admin } = world);
  worker = new FakeWorker(world.worker);
  await prepare();
}
