import { spawn } from 'node:child_process';

export interface ExecResult {
  stdout: string;
  stderr: string;
  /** 127: could not be started; 137: was killed, by the time limit or otherwise. */
  code: number;
}

export interface RunOptions {
  stdin?: string;
  /** Default two minutes. */
  timeoutMs?: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

const timeoutMsUsual = 120_000;
/** Code of a program that was killed, by its time limit or otherwise. */
export const killedCode = 137;

/**
 * Runs a program without a shell. A program that cannot be started gives code 127; one that takes too long is killed
 * with its whole process group, and gives 137 and says so.
 */
export function run(argv: string[], options: RunOptions = {}): Promise<ExecResult> {
  const [program = '', ...args] = argv;
  const { stdin = '', timeoutMs = timeoutMsUsual, ...rest } = options;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...rest });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let note = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined); // a program may end without reading
  child.stdin.end(stdin);
  const limit = setTimeout(() => {
    note = `not done within ${timeoutMs / 1000} s`;
    killGroup(child.pid);
    // What left the group may hold the pipes open for ever.
    child.stdout.destroy();
    child.stderr.destroy();
  }, timeoutMs);
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
  return new Promise((resolve) => {
    child.once('error', (error) => {
      clearTimeout(limit);
      resolve({ stdout: '', stderr: error.message, code: 127 });
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ stdout: text(out), stderr: text(err) + note, code: note === '' ? (code ?? killedCode) : killedCode });
    });
  });
}

/** Like `run`, gives the output; throws with what the program said when it fails. */
export async function must(argv: string[], options: RunOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code === 0) return result.stdout;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-5).join('\n');
  throw new Error(`${argv.join(' ')} ended with ${result.code}: ${said}`);
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}
