import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareHosts } from '#core/testing/observations.ts';
import { simulate } from '#core/testing/simulate.ts';
import type { Observation } from '#core/observation.ts';
import type { Plan } from '#core/plan.ts';
import type { Doorbell } from '#db/store.ts';
import { FakeWorker } from '#test/api/fake-worker.ts';
import { createWorld, type World } from '#test/world.ts';
import { runCli, startCli, type Ran, type Running } from './run-cli.ts';

/** What the worker of a test does with the steps of a plan, and with operations that have none. */
export type Script = (worker: FakeWorker, plan: Plan | null) => Promise<void>;

/** A control plane that listens, a worker without hosts, and the command line with its token. */
export interface CliWorld {
  world: World;
  /** What the fake hosts look like; changes with every plan that is carried out. */
  observation: Observation;
  script: Script;
  env: Record<string, string>;
  run: (...args: string[]) => Promise<Ran>;
  start: (...args: string[]) => Running;
  /** Writes a file into a folder of its own and gives its path. */
  file: (name: string, text: string | Buffer) => string;
  close: () => Promise<void>;
}

export const allGoesWell: Script = async (worker, plan) => {
  if (plan !== null) await worker.runSteps(plan);
  await worker.end();
};

export async function createCliWorld(): Promise<CliWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-cli-'));
  const work: Promise<void>[] = [];
  const onRing = (bell: Doorbell): void => void work.push(workOn(self, bell.operation));
  const world = await createWorld({ listen: { host: '127.0.0.1', port: 0 }, onRing });
  const env = { FLOTILLA_URL: world.api.url, FLOTILLA_TOKEN: world.adminToken, FLOTILLA_DATA: join(folder, 'none') };
  const self: CliWorld = {
    world,
    observation: bareHosts('h1', 'h2', 'h3'),
    script: allGoesWell,
    env,
    run: (...args) => runCli(args, { env }),
    start: (...args) => startCli(args, { env }),
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    async close() {
      await Promise.all(work);
      await world.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return self;
}

/** One operation from its lease to its end. */
async function workOn(self: CliWorld, operation: string): Promise<void> {
  const worker = new FakeWorker(self.world.worker);
  const { operation: taken } = await worker.take(operation);
  if (taken.kind !== 'apply' && taken.kind !== 'plan') return self.script(worker, null);
  const planned = await worker.observe(self.observation);
  if (planned.kind !== 'planned') return;
  if (taken.kind === 'plan') return void (await worker.end());
  await self.script(worker, planned.plan);
  self.observation = simulate(planned.plan.steps, self.observation);
}
