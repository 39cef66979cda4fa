import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pushTo } from './push.ts';

const note = 'flotilla\n7\nroot\n\n— key signature\n';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flotilla-push-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that does what the shell lines say. */
function program(name: string, lines: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('a folder', () => {
  test('gets a file for each checkpoint, in order of size, and none is written over', async () => {
    const push = pushTo(`dir:${join(folder, 'worm')}`);
    await push(note, 7);
    await push(note, 1234);
    expect(readdirSync(join(folder, 'worm'))).toEqual(['000000000007.checkpoint', '000000001234.checkpoint']);
    expect(readFileSync(join(folder, 'worm', '000000000007.checkpoint'), 'utf8')).toBe(note);
    await expect(push('another', 7)).rejects.toThrow('EEXIST');
    expect(readFileSync(join(folder, 'worm', '000000000007.checkpoint'), 'utf8')).toBe(note);
  });
});

describe('a program', () => {
  test('gets the note on its standard input', async () => {
    const kept = join(folder, 'kept');
    await pushTo(`cmd:${program('keep', `cat > ${kept}`)}`)(note, 7);
    expect(readFileSync(kept, 'utf8')).toBe(note);
  });

  test('that fails, or is not there, is told as a push that failed', async () => {
    await expect(pushTo(`cmd:${program('fail', 'exit 3')}`)(note, 7)).rejects.toThrow('ended with 3');
    await expect(pushTo(`cmd:${join(folder, 'nothing')}`)(note, 7)).rejects.toThrow('ENOENT');
  });
});

describe('an address', () => {
  let server: Server;
  const got: string[] = [];
  let status = 204;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        got.push(`${request.method} ${request.headers['content-type']} ${body}`);
        response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    status = 204;
    got.length = 0;
  });
  afterAll(() => server.close());
  const address = (): string => {
    const at = server.address();
    return `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}/notes`;
  };

  test('gets the note as the body of a POST', async () => {
    await pushTo(address())(note, 7);
    expect(got).toEqual([`POST text/plain; charset=utf-8 ${note}`]);
  });

  test('that refuses, sends elsewhere, or does not answer, is told as a push that failed', async () => {
    status = 507;
    await expect(pushTo(address())(note, 7)).rejects.toThrow('it answered 507');
    status = 302;
    await expect(pushTo(address())(note, 7)).rejects.toThrow('it answered 302');
    expect(got).toHaveLength(2);
    await expect(pushTo('http://127.0.0.1:9/')(note, 7)).rejects.toThrow('fetch failed');
  });
});

test('anything else is refused before a start', () => {
  for (const target of ['', 'dir:', 'ftp://x', '/mnt/worm', 'cmd'])
    expect(() => pushTo(target)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
