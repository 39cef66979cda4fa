import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { AppError } from '#core/errors.ts';

export interface Listen {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Files with the certificate chain and its key, in PEM. */
  tls?: { certFile: string; keyFile: string };
  /** Says who takes care of TLS in front, as a word for the log; lets the server listen beyond loopback without it. */
  trustedProxy?: string;
}

export interface Listening {
  url: string;
  close: () => Promise<void>;
}

/** `env` tells of the connection that a request came in by. */
type Fetch = (request: Request, env?: unknown) => Response | Promise<Response>;

/** Tokens must not travel readable over a network. @throws AppError `invalid_input` */
export function checkListen({ host, tls, trustedProxy }: Listen): void {
  if (isLoopback(host) || tls !== undefined || trustedProxy !== undefined) return;
  throw new AppError('invalid_input', `${host} is not a loopback address, and tokens would travel in clear`, {
    done: 'Nothing was started.',
    next: 'Name the files of a TLS certificate and key, or the proxy in front that ends TLS.',
  });
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** `127.0.0.1:7766`, `[::1]:7766`, or a port alone, which is one of loopback. Port 0 lets the system choose. */
export function addressOf(text: string): { host: string; port: number } | null {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]:|([^:[\]]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return digits === undefined || !(port <= 65_535) ? null : { host: bracketed ?? plain ?? '127.0.0.1', port };
}

/** @throws AppError `conflict` for a port that is taken, `invalid_input` for an address that is not of this machine. */
export async function listen(fetch: Fetch, options: Listen): Promise<Listening> {
  checkListen(options);
  const { host, port, tls } = options;
  const times = { headersTimeout: headersMs, requestTimeout: requestMs };
  const server =
    tls === undefined
      ? createAdaptorServer({ fetch, createServer, serverOptions: times })
      : createAdaptorServer({
          fetch,
          createServer: createTlsServer,
          serverOptions: { ...times, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) },
        });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refusalOf(error, options)));
    server.listen(port, host, resolve);
  });
  const bound = portOf(server.address());
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `${tls === undefined ? 'http' : 'https'}://${name}:${bound}`, close: () => stop(server) };
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

function refusalOf(error: Error & { code?: string }, { host, port }: Listen): Error {
  if (error.code === 'EADDRINUSE') {
    return new AppError('conflict', `The port ${port} of ${host} is taken`, {
      done: 'Nothing was started.',
      next: 'Stop what listens there, perhaps another `flotilla up`, or choose another port.',
    });
  }
  if (error.code === 'EADDRNOTAVAIL') {
    return new AppError('invalid_input', `${host} is not an address of this machine`, { done: 'Nothing was started.' });
  }
  return error;
}

/** How long the head of a request may take to come, and the whole of it. */
const headersMs = 15_000;
const requestMs = 120_000;

/** How long answers that are under way may take once the server is to stop. */
const graceMs = 1000;

async function stop(server: ServerType): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  if ('closeIdleConnections' in server) server.closeIdleConnections();
  const timer = setTimeout(() => {
    // Streams of events never end by themselves; their readers come back to whoever is there.
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
