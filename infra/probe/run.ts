import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const outputBytesMax = 64 * 1024 * 1024;

/** Runs a program without a shell and gives its standard output; throws with its standard error. */
export async function output(
  program: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { stdout } = await run(program, args, { maxBuffer: outputBytesMax, ...options });
  return stdout;
}
