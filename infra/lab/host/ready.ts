import { request } from 'node:http';
import { connect } from 'node:net';

/** Whether the engine behind this socket answers a ping. */
export function engineAnswers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: '/_ping', timeout: 2000, agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
      response.once('error', () => resolve(false));
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(false));
    call.once('close', () => resolve(false));
    call.end();
  });
}

/** Whether an SSH server greets at this address. */
export function sshGreets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const done = (greets: boolean): void => {
      socket.destroy();
      resolve(greets);
    };
    socket.once('data', (data) => done(data.toString('latin1').startsWith('SSH-2.0')));
    socket.once('timeout', () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => resolve(false));
  });
}
