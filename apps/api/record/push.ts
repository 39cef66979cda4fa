import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Push } from './port.ts';
import { pushByPost } from './push-post.ts';
import { AppError } from '#core/errors.ts';

const limitMs = 20_000;

/**
 * The push that a setting asks for: `dir:/mnt/worm` (a file for each checkpoint), `cmd:/usr/local/bin/keep` (the note on
 * its standard input), or an `https://` address (POST). @throws AppError `invalid_input`
 */
export function pushTo(target: string): Push {
  const [, kind, rest = ''] = /^(dir|cmd):(.+)$/.exec(target) ?? [];
  if (kind === 'dir') return (note, size) => intoFolder(rest, note, size);
  if (kind === 'cmd') return (note) => byCommand(rest, note);
  if (/^https?:\/\//.test(target) && URL.canParse(target)) return (note) => pushByPost(target, note);
  throw new AppError('invalid_input', `Checkpoints cannot be pushed to ${target}`, {
    done: 'Nothing was started.',
    next: 'Write dir:FOLDER, cmd:PROGRAM or an https address.',
  });
}

async function intoFolder(folder: string, note: string, size: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${String(size).padStart(12, '0')}.checkpoint`), note, { flag: 'wx' });
}

/** The program gets no argument and no shell; what it prints is not kept. */
async function byCommand(program: string, note: string): Promise<void> {
  const child = spawn(program, [], { stdio: ['pipe', 'ignore', 'ignore'], timeout: limitMs });
  child.stdin.on('error', () => undefined);
  child.stdin.end(note);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
}
