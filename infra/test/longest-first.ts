import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take about a minute or more. One of them begun late would keep everything waiting for it at the end. */
const longest = [
  'test/contract/store.d1.test.ts',
  'test/cli/verbs.test.ts',
  'test/system/edge.test.ts',
  'test/scenarios/replacing-killed.test.ts',
  'test/scenarios/faults.test.ts',
  'test/scenarios/verification-fails.test.ts',
  'test/scenarios/webhook-deploys.test.ts',
  'test/scenarios/worker-killed.test.ts',
  'test/scenarios/replacing.test.ts',
  'test/scenarios/apply-twice.test.ts',
  'test/scenarios/host-ports.test.ts',
  'test/scenarios/node-leaves.test.ts',
  'test/scenarios/edge.test.ts',
  'test/scenarios/not-ours.test.ts',
  'test/lab/lifetime.test.ts',
  'test/scenarios/dead-gossip.test.ts',
  'test/scenarios/leaving-killed.test.ts',
  'test/scenarios/slack-tutorial.test.ts',
  'test/lab/faults.test.ts',
  'test/scenarios/steps-twice.test.ts',
  'test/scenarios/follow-logs.test.ts',
  'test/scenarios/lost-node.test.ts',
  'test/scenarios/no-ip-vs.test.ts',
  'test/scenarios/ssh.test.ts',
  'test/scenarios/api-killed.test.ts',
  'test/scenarios/preflight.test.ts',
  'test/scenarios/retry.test.ts',
];

/** Vitest's own order, but for the longest files, which come first. A clean clone remembers no earlier run. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification): number => {
      const at = longest.indexOf(relative(process.cwd(), moduleId));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
