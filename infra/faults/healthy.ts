import { createLab } from '#lab/lab.ts';
import type { EngineName } from '#lab/root/release.ts';
import { falseAlarms, setUp } from './theatre.ts';

export interface HealthyResult {
  nodes: number;
  runs: number;
  /** What was told beyond the baseline. */
  falseAlarms: string[];
}

/** A healthy lab, looked at again and again: before a swarm is formed on it, and while one runs. */
export async function runHealthy(options: {
  engines: EngineName[];
  runs: number;
  id: string;
  signal: AbortSignal;
  say: (line: string) => void;
}): Promise<HealthyResult> {
  const { engines, runs, id, signal, say } = options;
  const nodes = engines.length;
  const lab = await createLab({ id, engines });
  const told: string[] = [];
  try {
    for (const stage of ['bare', 'formed'] as const) {
      const theatre = await setUp(lab, stage);
      try {
        for (let run = 1; run <= runs; run += 1) {
          signal.throwIfAborted();
          const alarms = await falseAlarms(lab, theatre);
          told.push(...alarms);
          say(`${nodes} hosts, ${stage}, ${run}: ${alarms.length === 0 ? 'healthy' : alarms.join('; ')}`);
        }
      } finally {
        await theatre.close();
      }
    }
    return { nodes, runs, falseAlarms: told };
  } finally {
    await lab.down();
  }
}
