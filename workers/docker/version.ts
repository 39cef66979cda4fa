import { AppError } from '#core/errors.ts';
import { Deadline } from './deadline.ts';
import type { EngineRequest } from './engine-request.ts';
import type { HttpChannel } from './http-channel.ts';

/** The newest API that the calls here were written for (engine 27). */
const newest = '1.47';
/** Engine 20.10. */
const oldest = '1.41';
/** A healthy engine answers a ping in milliseconds; one that is busy forming a swarm in a few seconds. */
const pingTimeoutMs = 10_000;
const ping: EngineRequest = { method: 'GET', path: '/_ping' };

/**
 * Agrees on an API version: the newest that both sides know. `/_ping` is the one call that needs no version.
 * Throws engine_too_old, or what keeps the engine from answering.
 */
export async function negotiateVersion(http: HttpChannel): Promise<{ engineApi: string; spoken: string }> {
  await http.prepare();
  const deadline = new Deadline(http.host, 'GET /_ping', pingTimeoutMs);
  try {
    const theirs = await http.ask('', ping, deadline.signal, async (answer) => {
      await answer.dump();
      return answer.header('api-version');
    });
    return agree(http.host, theirs);
  } catch (error) {
    throw await http.explain(error, ping, deadline);
  } finally {
    deadline.clear();
  }
}

function agree(host: string, theirs: string | null): { engineApi: string; spoken: string } {
  if (theirs === null || !/^\d+\.\d+$/.test(theirs)) {
    throw new AppError('engine_unreachable', `What answers on the Docker socket of ${host} is not a Docker Engine.`, {
      host,
      next: 'Check what listens on /var/run/docker.sock there.',
    });
  }
  if (compareVersions(theirs, oldest) < 0) {
    throw new AppError(
      'engine_too_old',
      `The engine on ${host} speaks API ${theirs}; ${oldest} (Docker 20.10) is the least.`,
      {
        host,
        done: 'Nothing was changed on the host.',
        next: 'Upgrade the Docker Engine on the host.',
      },
    );
  }
  return { engineApi: theirs, spoken: compareVersions(theirs, newest) < 0 ? theirs : newest };
}

/** Negative when `a` is older than `b`, for versions such as `1.41`. */
export function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
