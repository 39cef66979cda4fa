import { chmodSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { portOf, type SshWorld } from './ssh-world.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A Docker Engine's face without an engine behind: it answers what a test gives it, and keeps what it was asked. */
export class FakeEngine {
  readonly socketPath: string;
  readonly asked: string[] = [];
  readonly bodies: string[] = [];
  /** By method and path without the version, such as `GET /info`. */
  readonly handlers = new Map<string, Handler>();
  apiVersion: string | null = '1.41';
  connections = 0;
  tcpPort = 0;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #tcp = createServer((request, response) => this.#answer(request, response));

  constructor(socketPath: string) {
    this.socketPath = socketPath;
    this.#server.on('connection', () => {
      this.connections += 1;
    });
    this.on('GET /_ping', (_, response) => {
      if (this.apiVersion !== null) response.setHeader('Api-Version', this.apiVersion);
      response.end('OK');
    });
  }

  /** Listens on its unix socket, for root only as an engine's is, and on a TCP port for those who play root. */
  async start(world: SshWorld): Promise<this> {
    await new Promise<void>((resolve) => {
      this.#server.listen(this.socketPath, resolve);
    });
    chmodSync(this.socketPath, 0o600);
    await new Promise<void>((resolve) => {
      this.#tcp.listen(0, '127.0.0.1', resolve);
    });
    const address: AddressInfo | string | null = this.#tcp.address();
    this.tcpPort = portOf(address);
    world.onClose(() => this.stop());
    return this;
  }

  on(call: string, handler: Handler): void {
    this.handlers.set(call, handler);
  }

  /** Answers a call with JSON from now on. */
  json(call: string, body: unknown, status = 200): void {
    this.on(call, (_, response) => {
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    for (const server of [this.#server, this.#tcp]) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const bare = path.replace(/^\/v[0-9.]+\//, '/');
    this.asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const handler = this.handlers.get(`${request.method ?? ''} ${bare}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.bodies.push(Buffer.concat(chunks).toString('utf8'));
      if (handler !== undefined) handler(request, response);
      else response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"page not found"}');
    });
  }
}

/** A frame of a multiplexed stream: 1 is stdout, 2 is stderr. */
export function frame(source: number, text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(source, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}
