import type { Marks } from './lab-for-test.ts';

/** How often each change that forms h1 and h2 and deploys on them was asked of the engines. */
export async function formingCalls(marks: Marks) {
  const { h1 = [], h2 = [] } = await marks.calls();
  const count = (list: string[], pattern: RegExp): number => list.filter((call) => pattern.test(call)).length;
  return {
    init: count(h1, /^POST \/swarm\/init/),
    join: count(h2, /^POST \/swarm\/join/),
    network: count(h1, /^POST \/networks\/create/),
    service: count(h1, /^POST \/services\/create/),
  };
}
