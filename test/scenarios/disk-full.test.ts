import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unwrap } from '#api/client.ts';
import { savedUrl } from '#cli/input/data-folder.ts';
import { AppError } from '#core/errors.ts';
import type { Operation } from '#core/operation.ts';
import { until } from '#lab/wait.ts';
import { type FlotillaProcess, startFlotillaProcess } from './support/flotilla-process.ts';
import { ended } from './support/operations.ts';

/** A real `flotilla up` whose data folder is a small disk of its own, which runs full and is given room again. */
let dataDir: string;
let flotilla: FlotillaProcess;
/** A host that takes connections and says nothing, until it hangs up: what asks it is under way for as long. */
let host: Server;
const calls = new Set<Socket>();
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'flotilla-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'flotilla-test', dataDir]);
  const sshKeyFile = join(dataDir, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', sshKeyFile]);
  flotilla = await startFlotillaProcess({ sshKeyFile }, dataDir);
  host = createServer((socket) => calls.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  await once(host, 'listening');
  const address = host.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await unwrap(flotilla.api.v1.hosts.$post({ json: { name: 'h1', address: '127.0.0.1', port, acceptNew: true } }));
});
afterAll(async () => {
  await flotilla?.stop();
  hangUp();
  host?.close();
  execFileSync('umount', [dataDir]);
  rmSync(dataDir, { recursive: true });
});

function hangUp(): void {
  for (const socket of calls) socket.destroy();
}

const ballast = (): string => join(dataDir, 'ballast');

/** Until not a single byte more fits. */
function fill(): void {
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) appendFileSync(ballast(), Buffer.alloc(bytes));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
}

const requestProbe = (): Promise<Operation> =>
  unwrap(flotilla.api.v1.hosts[':name'].probe.$post({ param: { name: 'h1' }, json: {} }));

/** The database has a little room of its own left: asks until there is none. Gives the refusal. */
async function refused(accepted: Operation[]): Promise<AppError> {
  for (let count = 0; count < 500; count += 1) {
    try {
      accepted.push(await requestProbe());
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }
  throw new Error('nothing was refused on a full disk');
}

describe('a full disk', () => {
  const accepted: Operation[] = [];

  test('refuses what cannot be put on record, says why, and answers questions all the same', async () => {
    accepted.push(await requestProbe());
    await until('the worker asks the host', () => calls.size > 0);
    fill();
    const error = await refused(accepted);
    expect(error.code).toBe('audit_unavailable');
    expect(error.message).toContain('cannot be written: the disk is full');
    expect(error.done).toBe('Nothing of it was written.');
    expect(error.next).toContain('Free space there; a control plane that runs need not be restarted');
    expect((await unwrap(flotilla.api.v1.hosts.$get())).items.map(({ name }) => name)).toEqual(['h1']);
  });

  test('is no state in which work can be accepted, and /readyz says why', async () => {
    const answer = await fetch(`${savedUrl(dataDir) ?? ''}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ missing: [expect.stringContaining('the disk is full')] });
  });

  test('stops what is under way in a plain sentence', async () => {
    hangUp();
    await until('the worker has met it too', () => flotilla.said().includes('cannot be written: the disk is full'));
    expect(flotilla.said()).not.toMatch(/^\s+at .+:\d+/m);
  });

  test('loses nothing that was accepted: all of it ends once there is room again', async () => {
    rmSync(ballast());
    expect((await fetch(`${savedUrl(dataDir) ?? ''}/readyz`)).status).toBe(200);
    host.close();
    hangUp();
    accepted.push(await requestProbe());
    for (const operation of accepted) {
      const { state, error } = await ended(flotilla.api, operation);
      expect({ state, code: error?.code }).toEqual({ state: 'failed', code: 'host_unreachable' });
    }
    expect(await unwrap(flotilla.api.v1.audit.verify.$get({ query: {} }))).toMatchObject({ ok: true });
  });
});
