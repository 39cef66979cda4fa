import { defineConfig } from 'vitest/config';
import { LongestFirst } from './infra/test/longest-first.ts';

const nodeModules = ['**/node_modules/**'];

/** Units run anywhere; `system` crosses processes and drivers; `lab` needs Linux and root and comes last. */
export default defineConfig({
  test: {
    // Much of a test is waiting for programs: with two files at a time two cores were idle for a tenth of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{core,db,apps,workers,infra}/**/*.test.ts'],
          exclude: nodeModules,
          // Pure and without state of their own: a process for each file would spend most of its time on loading.
          isolate: false,
          // A limit is there for what hangs: a machine that is busy is no fault of a test.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/{contract,api,cli,slack,system,probe,canaries}/**/*.test.ts'],
          globalSetup: ['infra/test/bundle-programs.ts'],
          exclude: nodeModules,
          // Each test makes its own world, and none changes what a process has in common: loading the whole of the API anew
          // for each file took longer than many a file.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/{lab,scenarios}/**/*.test.ts'],
          globalSetup: ['infra/test/bundle-programs.ts'],
          exclude: nodeModules,
          sequence: { groupOrder: 1 },
          // Each file has its own lab: loading the whole of the system anew for each is a second and a half of a processor.
          isolate: false,
          // Hosts are waited for more than programs are: with three at a time two cores were idle for a third of the time.
          maxWorkers: 4,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
