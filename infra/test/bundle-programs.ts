import { bundle } from '../build/bundle.ts';

/** Before any test: the programs that tests start, as people get them. A bundle starts with half the work of the sources. */
export const setup = (): Promise<void> =>
  bundle('dist/test', {
    flotilla: 'apps/cli/main.ts',
    api: 'test/api/child/api.ts',
    worker: 'test/scenarios/support/worker-child.ts',
  });
