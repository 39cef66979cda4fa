import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, createClient } from '#api/client.ts';
import { apiConfigOf } from '#api/config.ts';
import { serverSettings } from '#cli/config.ts';
import { type Flotilla, startFlotilla } from '#cli/up/start-flotilla.ts';
import type { Tracer } from '#core/trace.ts';
import type { Lab, LabOptions } from '#lab/types.ts';
import { workerConfigOf } from '#workers/config.ts';
import { labForTest, takeDownWhole } from './lab-for-test.ts';
import { addHosts } from './operations.ts';
import { allInto, faultsInto } from '#test/logs.ts';

/** Real hosts, and the whole of Flotilla in this process: API over HTTP, worker, a private Redis. */
export interface Stage {
  lab: Lab;
  /** A person who is admin. */
  api: Client;
  flotilla: Flotilla;
  dataDir: string;
  /** Lines that worker and API logged: what a person who runs it would see. */
  log: string[];
  /** Everything that they logged, as JSON. */
  entries: string[];
  close: () => Promise<void>;
}

/** Makes a lab, starts Flotilla in a folder of its own and adds every host by its fingerprint. */
export async function createStage({
  settings: more = {},
  tracer = null,
  ...options
}: LabOptions & { id: string; settings?: Record<string, string>; tracer?: Tracer | null }): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const lab = stack.adopt(await labForTest(options), takeDownWhole);
  const dataDir = mkdtempSync(join(tmpdir(), 'flotilla-scenario-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const log: string[] = [];
  const entries: string[] = [];
  const [fault, entry] = [faultsInto(log), allInto(entries)];
  const settings = serverSettings({
    FLOTILLA_DATA: dataDir,
    FLOTILLA_LISTEN: '127.0.0.1:0',
    FLOTILLA_SSH_KEYS: `default=${lab.sshKeyFile}`,
    ...more,
  });
  const [apiConfig, worker] = [apiConfigOf(settings), workerConfigOf(settings)];
  settings.check();
  const flotilla = await startFlotilla({
    api: apiConfig,
    worker,
    log: (msg, fields) => {
      fault(msg, fields);
      entry(msg, fields);
    },
    tracer,
  });
  stack.defer(() => flotilla.close());
  const api = createClient({ baseUrl: flotilla.url, token: flotilla.adminToken ?? '' });
  await addHosts(api, lab.hosts);
  const whole = stack.move();
  return { lab, api, flotilla, dataDir, log, entries, close: () => whole.disposeAsync() };
}
