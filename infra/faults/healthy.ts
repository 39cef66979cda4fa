import { createLab } from '#lab/lab.ts';
import { falseAlarms, setUp } from './theatre.ts';

export interface HealthyResult {
  nodes: number;
  runs: number;
  /** What was told beyond the baseline. */
  falseAlarms: string[];
}

/** A healthy lab, looked at again and again: before a swarm is formed on it, and while one runs. */
export async function runHealthy(options: {
  nodes: number;
  runs: number;
  id: string;
  signal: AbortSignal;
  say: (line: string) => void;
}): Promise<HealthyResult> {
  const { nodes, runs, id, signal, say } = options;
  const lab = await createLab({ id, hosts: nodes });
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
