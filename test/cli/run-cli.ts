import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const node = process.execPath;
/** Arguments that start a program of infra/test/bundle-programs.ts, with room for the young objects of a start at once. */
export const bundled = (name: string): string[] => ['--min-semi-space-size=16', `${root}dist/test/${name}.js`];
export const binFile = `${root}bin/flotilla`;

/** As bin/flotilla has it: a start takes half as long with it, and tests start many processes. */
export const compileCache = `${root}node_modules/.cache/flotilla`;

/** Longest that a command of these tests may run. */
const usualLimitMs = 25_000;

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  process: ChildProcess;
  /** Resolves once the standard output holds the text. */
  untilShown: (text: string) => Promise<void>;
  ended: Promise<Ran>;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
  /** For a command that waits for real hosts. */
  limitMs?: number;
  /** Program and leading arguments, in place of Node with the bundle. */
  program?: string[];
}

/** Starts the command line as a user would; its standard streams are pipes. */
export function startCli(
  args: string[],
  { env = {}, cwd = root, stdin, limitMs = usualLimitMs, program = [node, ...bundled('flotilla')] }: RunOptions = {},
): Running {
  const [command = node, ...before] = program;
  const child = spawn(command, [...before, ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', NODE_COMPILE_CACHE: compileCache, ...env },
  });
  const ran: Ran = { code: null, stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    ran.stdout += chunk.toString('utf8');
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk: Buffer) => void (ran.stderr += chunk.toString('utf8')));
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...ran, code });
    });
  });
  const untilShown = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!ran.stdout.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      void ended.then((end) => reject(new Error(`ended without "${text}":\n${end.stdout}\n${end.stderr}`)));
      look();
    });
  return { process: child, untilShown, ended };
}

export const runCli = (args: string[], options?: RunOptions): Promise<Ran> => startCli(args, options).ended;
