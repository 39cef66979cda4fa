import type { Outcome } from '#core/step.ts';
import { AppError } from '#core/errors.ts';
import { pingEngine } from './docker/system.ts';
import type { Hosts } from './hosts.ts';
import { failed, done } from './steps/outcomes.ts';
import { waitFor } from './wait-for.ts';

const restartLimitMs = 60_000;

/**
 * Restarts a host's Docker Engine and waits until it answers with port 7946 free or its swarm active again.
 * Confirmed by the engine itself, never by the exit code of the restart.
 */
export async function restartEngineOf(hosts: Hosts, host: string): Promise<Outcome> {
  const before = await hosts.engineProcess(host);
  await hosts.restartEngine(host);
  const answered = await waitFor(
    async () => {
      const now = await hosts.engineProcess(host);
      if (now === null || now === before) return undefined;
      return (await answers(hosts, host)) ? now : undefined;
    },
    { limitMs: restartLimitMs, firstMs: 200, longestMs: 1000 },
  );
  if (answered !== undefined) return done();
  return failed('engine_unreachable', `The engine of ${host} did not come back within ${restartLimitMs / 1000} s.`, {
    done: 'It was told to restart.',
    next: `Look at the engine's log on ${host} (\`journalctl -u docker\`).`,
  });
}

async function answers(hosts: Hosts, host: string): Promise<boolean> {
  try {
    await pingEngine(hosts.engine(host));
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
