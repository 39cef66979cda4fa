import { createServer } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { FakeSlack, type FakeSlackOptions } from './fake-slack.ts';
import { acceptSockets, type Sockets } from './socket-mode.ts';

export interface ServedSlack {
  slack: FakeSlack;
  sockets: Sockets;
  /** Its Web API is at `<url>/api/`. */
  url: string;
  close: () => Promise<void>;
}

/** The fake Slack at an address of its own on this machine, with its Web API, response URLs and Socket Mode. */
export async function serveFakeSlack(app: FakeSlackOptions['app'], port = 0): Promise<ServedSlack> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`;
  const slack = new FakeSlack({ url, app });
  const answering = createAdaptorServer({ fetch: (request) => slack.routes.fetch(request) });
  server.on('request', (request, response) => void answering.emit('request', request, response));
  const sockets = acceptSockets(server, slack);
  return {
    slack,
    sockets,
    url,
    close: async () => {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
