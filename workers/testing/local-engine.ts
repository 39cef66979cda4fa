import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineClient, localEngine } from '../docker/engine.ts';

/** A socket that says which API it speaks, and answers as told from then on. */
export async function engineThat(answers: RequestListener): Promise<EngineClient & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-engine-'));
  const socket = join(folder, 'docker.sock');
  let pings = 0;
  const server = createServer((request, response) => {
    if (request.url === '/_ping' && pings++ === 0) response.setHeader('api-version', '1.41').end('OK');
    else answers(request, response);
  }).listen(socket);
  await once(server, 'listening');
  const engine = localEngine(socket, 'h1');
  const dispose = async (): Promise<void> => {
    await engine.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  };
  return Object.assign(engine, { [Symbol.asyncDispose]: dispose });
}
