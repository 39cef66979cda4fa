import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { engineThat } from '../testing/local-engine.ts';
import { runProber } from './run-prober.ts';

/** Output of a container or an exec as engines send it. */
function frame(text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 1;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

interface Ways {
  code: number;
  /** The log at each look, given the token that the run tells under. */
  log: (token: string, look: number) => string;
  /** An answer in place of the usual one. */
  instead?: (call: string, response: ServerResponse) => boolean;
}

const execSchema = z.object({ AttachStdout: z.boolean(), Cmd: z.array(z.string()) });

/** An engine with a container, in which an attached exec says `attached`; counts the execs of both kinds. */
async function engineWith({ code, log, instead = () => false }: Ways) {
  const seen = { detached: 0, attached: 0, looks: 0 };
  let token = '';
  const engine = await engineThat((request, response) => {
    const call = `${request.method ?? ''} ${(request.url ?? '').replace(/^\/v[\d.]+|\?.*/g, '')}`;
    void request
      .setEncoding('utf8')
      .toArray()
      .then((body: string[]) => {
        if (instead(call, response)) return;
        if (call.endsWith('/exec')) {
          const { AttachStdout, Cmd } = execSchema.parse(JSON.parse(body.join('')));
          seen[AttachStdout ? 'attached' : 'detached'] += 1;
          token = AttachStdout ? token : (Cmd[4] ?? '');
          response.writeHead(201).end(`{"Id":"${AttachStdout ? 'attached' : 'detached'}"}`);
        } else if (call === 'POST /exec/attached/start') response.end(frame('attached'));
        else if (call === 'GET /exec/attached/json') response.end('{"Running":false,"ExitCode":0}');
        else if (call === 'GET /exec/detached/json') response.end(`{"Running":false,"ExitCode":${code}}`);
        else if (call.endsWith('/logs')) response.end(frame(log(token, (seen.looks += 1))));
        else response.end();
      });
  });
  return Object.assign(engine, { seen });
}

test('what the prober told in the log is all that is asked for', async () => {
  await using engine = await engineWith({
    code: 0,
    log: (token) => `{"event":"ready"}\n${token} said%0a\n${token}. 1\n`,
  });
  expect(await runProber(engine, 'c1', ['/probe'], 5000)).toBe('said\n');
  expect(engine.seen).toEqual({ detached: 1, attached: 0, looks: 1 });
});

test('a log that is written late is looked at again', async () => {
  const log = (token: string, look: number): string => `${token} said\n${look < 3 ? '' : `${token}. 1\n`}`;
  await using engine = await engineWith({ code: 0, log });
  expect(await runProber(engine, 'c1', ['/probe'], 5000)).toBe('said');
  expect(engine.seen).toEqual({ detached: 1, attached: 0, looks: 3 });
});

test('a run that ended badly has still told what it wrote', async () => {
  await using engine = await engineWith({ code: 2, log: (token) => `${token} said\n${token}. 1\n` });
  expect(await runProber(engine, 'c1', ['/probe'], 5000)).toBe('said');
});

test('where the log cannot be opened the prober is asked again, and listened to', async () => {
  await using engine = await engineWith({ code: 97, log: () => '' });
  expect(await runProber(engine, 'c1', ['/probe'], 5000)).toBe('attached');
  expect(engine.seen).toEqual({ detached: 1, attached: 1, looks: 1 });
});

test('half an output is no answer: the prober is asked again', async () => {
  await using engine = await engineWith({ code: 0, log: (token) => `${token} sa\nother. 1\n` });
  expect(await runProber(engine, 'c1', ['/probe'], 5000)).toBe('attached');
});

test('a container that is gone midway is told as such, and not as an answer', async () => {
  const instead = (call: string, response: ServerResponse): boolean => {
    if (!call.endsWith('/detached/json')) return false;
    response.writeHead(404).end('{"message":"No such exec instance: detached"}');
    return true;
  };
  await using engine = await engineWith({ code: 0, log: () => '', instead });
  await expect(runProber(engine, 'c1', ['/probe'], 5000)).rejects.toThrow('No such exec instance');
  expect(engine.seen.attached).toBe(0);
});
