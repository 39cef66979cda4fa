import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ProbeCheck, ProbeEvent, ProbeOutput, ProbeResult, ProbeRun } from '#workers/probe/protocol.ts';
import { parseOutput, probeArgs, probeLineReader, probeLines } from '#workers/probe/protocol.ts';
import type { Namespace } from './namespaces.ts';

/** The capabilities that Docker gives a container, and nothing more. */
const dockerCapabilities = [
  'audit_write',
  'chown',
  'dac_override',
  'fowner',
  'fsetid',
  'kill',
  'mknod',
  'net_bind_service',
  'net_raw',
  'setfcap',
  'setgid',
  'setpcap',
  'setuid',
  'sys_chroot',
];

export interface Prober {
  events: ProbeEvent[];
  stderr: () => string;
  write(checks: ProbeCheck[]): void;
  closeStdin(): void;
  terminate(): void;
  /** The first event of that kind, seen already or still to come; fails when the process ends without it. */
  until(wanted: (event: ProbeEvent) => boolean): Promise<ProbeEvent>;
  /** The ports that its listeners are bound to, once they are. */
  ports(): Promise<number[]>;
  /** The whole output once the process has ended, and its exit code. */
  ended: Promise<ProbeOutput & { code: number | null }>;
}

export interface Where {
  namespace: Namespace;
  /** Unpacked root of the image. */
  root: string;
  /** Capabilities to take away from Docker's default. */
  without?: string[];
}

/** Starts the prober of the unpacked image in a namespace, chrooted, with a container's capabilities. */
export function startProber(where: Where, run: ProbeRun): Prober {
  const [program = '', ...args] = where.namespace.inside([...confined(where), '/probe', ...probeArgs(run)]);
  const child = spawn(program, args, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' } });
  const events: ProbeEvent[] = [];
  const wake = new Set<() => void>();
  const reader = probeLineReader((event) => {
    events.push(event);
    for (const call of wake) call();
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    reader.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => ({ ...parseOutput(stdout), code: Number(code) }));
  const until = (wanted: (event: ProbeEvent) => boolean): Promise<ProbeEvent> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.find(wanted);
        if (found === undefined) return;
        wake.delete(look);
        resolve(found);
      };
      wake.add(look);
      look();
      void ended.then(() => reject(new Error(`the prober ended without it: ${stdout}${stderr}`)));
    });
  return {
    events,
    stderr: () => stderr,
    write: (checks) => child.stdin.write(probeLines(checks)),
    closeStdin: () => child.stdin.end(),
    terminate: () => child.kill('SIGTERM'),
    ended,
    until,
    async ports() {
      const ready = await until((event) => event.event === 'ready');
      return ready.event === 'ready' ? ready.listeners.map((listener) => listener.port) : [];
    },
  };
}

/** A command in the unpacked root, with Docker's default capabilities. */
export function confined(where: Pick<Where, 'root' | 'without'>): string[] {
  const kept = dockerCapabilities.filter((name) => !where.without?.includes(name)).map((name) => `+${name}`);
  return ['setpriv', `--bounding-set=-all,${kept.join(',')}`, '--inh-caps=-all', 'chroot', where.root];
}

/** Runs checks to the end and gives the results by id. Whatever the prober writes to standard error is a failure. */
export async function runChecks(
  where: Where,
  checks: ProbeCheck[],
  run: ProbeRun = {},
): Promise<Record<string, ProbeResult>> {
  const prober = startProber(where, { ...run, checks });
  const output = await prober.ended;
  if (output.code !== 0 || prober.stderr() !== '' || output.done === null || output.unreadable.length > 0) {
    throw new Error(`exit ${output.code}: ${prober.stderr()}${output.unreadable.join('\n')}`);
  }
  return Object.fromEntries(output.results.map((result) => [result.id, result]));
}
