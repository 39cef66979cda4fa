import { Agent, type Dispatcher } from 'undici';

interface Load {
  /** As on the command line. */
  connections: string;
  seconds: string;
}

/**
 * What a process of its own does to load a server: sends over many connections, one request after the other on each, and
 * prints what came of it as one line of JSON. `send` asks once and gives the status; it is timed from `begun` on.
 */
export async function load(
  { connections, seconds }: Load,
  send: (dispatcher: Dispatcher, begun: () => void) => Promise<number>,
): Promise<void> {
  const dispatcher = new Agent({ connections: Number(connections), pipelining: 1 });
  const end = performance.now() + Number(seconds) * 1000;
  const took: number[] = [];
  let failed = 0;
  const sendOn = async (): Promise<void> => {
    while (performance.now() < end) {
      let started = NaN;
      const status = await send(dispatcher, () => (started = performance.now()));
      if (status >= 300) failed += 1;
      took.push(performance.now() - started);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Number(connections) }, sendOn));
  const lasted = (performance.now() - startedAt) / 1000;
  took.sort((a, b) => a - b);
  const p99Ms = took[Math.floor(took.length * 0.99)] ?? NaN;
  console.log(JSON.stringify({ perS: took.length / lasted, p99Ms, failed }));
  await dispatcher.close();
}
