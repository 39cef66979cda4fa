import type { Captured } from '#core/diagnosis/symptoms.ts';
import { known, type Observed, unknown } from '#core/observed.ts';

const packetsMax = 2000;

/** Packets of the data path, and of ESP that carries it, on all interfaces, one line each, written at once. */
export const tcpdumpCommand = (port: number): string[] => [
  '/usr/bin/tcpdump',
  '-nn',
  '-l',
  '-q',
  '-p',
  '-i',
  'any',
  '-c',
  String(packetsMax),
  `udp dst port ${port} or ip proto 50`,
];

/** Who sent how many packets to whom. What tcpdump said instead, when it could not capture. */
export function parseCapture(output: string, port: number): Observed<Captured[]> {
  if (!/listening on|^tcpdump: (?:data link|verbose)/m.test(output)) {
    const why = output.trim().split('\n').at(-1) ?? '';
    return unknown(why === '' ? 'the capture gave no answer' : why);
  }
  const counts = new Map<string, Captured>();
  for (const line of output.split('\n')) {
    const [, from, to] = /\bIP (\d+\.\d+\.\d+\.\d+)(?:\.\d+)? > (\d+\.\d+\.\d+\.\d+)(?:\.\d+)?:/.exec(line) ?? [];
    // Inner packets are printed on lines of their own, which lead with no time and no interface.
    if (from === undefined || to === undefined || !isOuter(line, port)) continue;
    const key = `${from} ${to}`;
    const count = counts.get(key) ?? { from, to, packets: 0 };
    count.packets += 1;
    counts.set(key, count);
  }
  return known([...counts.values()]);
}

const isOuter = (line: string, port: number): boolean =>
  /^\d\d:\d\d:\d\d/.test(line) && (line.includes(`.${port}: `) || line.includes('ESP'));
