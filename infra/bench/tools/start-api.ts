import { type RunningApi, startApi, type StartOptions } from '#api/node.ts';
import { fileLog } from './file-log.ts';

/** A control plane that logs as one in service does, and of which nothing happens by time alone. It listens when told to. */
export const startBenchApi = (options: Partial<StartOptions> & { dataDir: string }): Promise<RunningApi> =>
  startApi({ listen: null, osUser: 'bench', sweepMs: 3_600_000, log: fileLog(options.dataDir), ...options });
