import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FakeSlack } from './fake-slack.ts';
import { at } from './limits.ts';

export interface Sockets {
  /** How many are connected now, and were since the start. */
  count: () => number;
  opened: () => number;
  /** Ends every connection, as Slack does now and then. */
  disconnect: () => void;
  close: () => void;
}

const answerMs = 3_000;

/**
 * Socket Mode: whoever has opened a connection gets what would have been a request, in an envelope, and answers with the
 * id of it. While somebody is connected nothing goes to the request URL.
 */
export function acceptSockets(server: Server, slack: FakeSlack): Sockets {
  const accepting = new WebSocketServer({ server, path: '/socket' });
  const waiting = new Map<string, (answer: unknown) => void>();
  let count = 0;
  let opened = 0;
  accepting.on('connection', (socket) => {
    opened += 1;
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
    socket.on('message', (data) => {
      const answer: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString() : '{}');
      waiting.get(String(at(answer, 'envelope_id')))?.(at(answer, 'payload'));
    });
  });
  slack.socket = async (type, payload) => {
    const [socket] = accepting.clients;
    if (socket === undefined) return null;
    count += 1;
    return await answered(
      socket,
      { envelope_id: `env-${count}`, type, payload, accepts_response_payload: true },
      waiting,
    );
  };
  return {
    count: () => accepting.clients.size,
    opened: () => opened,
    disconnect: () => {
      for (const socket of accepting.clients) {
        socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
        socket.close();
      }
    },
    close: () => {
      for (const socket of accepting.clients) socket.terminate();
      accepting.close();
    },
  };
}

/** The answer as a request URL would have given it; 504 when there is none in time. */
async function answered(
  socket: WebSocket,
  envelope: { envelope_id: string; type: string; payload: unknown; accepts_response_payload: boolean },
  waiting: Map<string, (answer: unknown) => void>,
): Promise<Response> {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const timer = setTimeout(() => resolve(new Response('', { status: 504 })), answerMs);
  waiting.set(envelope.envelope_id, (answer) =>
    resolve(answer === undefined ? new Response('') : Response.json(answer)),
  );
  socket.send(JSON.stringify(envelope));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    waiting.delete(envelope.envelope_id);
  }
}
