import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { leftovers } from '#lab/leftovers.ts';
import type { Lab, LabHost } from '#lab/types.ts';

/** OpenSSH as a person would use it: its output and exit code. */
export function ssh(
  host: LabHost,
  command: string[],
  { user = host.user } = {},
): Promise<{ code: number; output: string }> {
  return collect('ssh', [...sshFlags(host), `${user}@${host.address}`, ...command]);
}

/** The lab's key, no questions, and no memory of host keys. */
export function sshFlags(host: LabHost): string[] {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes'];
  return ['-i', host.sshKeyFile, ...[...options, 'ConnectTimeout=3'].flatMap((option) => ['-o', option])];
}

/** Runs the lab's command line in a process of its own. */
export const labCommand = (...argv: string[]): Promise<{ code: number; output: string }> =>
  collect(process.execPath, ['infra/lab/main.ts', ...argv]);

/** Runs a program to its end; its two outputs are one text. */
export function collect(program: string, argv: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, output: output.trim() }));
  });
}

/** `GET path` straight at an engine's socket; undefined when nothing answers in time. */
export function engineGet(host: { socketPath: string }, path: string, timeoutMs = 3000): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = request({ socketPath: host.socketPath, path, agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.once('end', () => resolve(body));
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(undefined));
    call.end();
  });
}

/** How a TCP port answers from this machine: `open`, `refused`, `silent`, or another error's text. */
export function tcp(address: string, port: number, timeoutMs = 500): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: timeoutMs });
    const end = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end('open'));
    socket.once('timeout', () => end('silent'));
    socket.once('error', (error) => end('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : error.message));
  });
}

/** Takes a lab down at the end of a suite; whatever stays behind makes the suite fail. */
export async function downWithoutTrace(lab: Lab): Promise<void> {
  await lab.down();
  const left = await leftovers(lab.id);
  if (left.length > 0) throw new Error(`lab ${lab.id} left behind: ${left.join(', ')}`);
}
