import { type Client, unwrap } from '#api/client.ts';
import { AppError } from '#core/errors.ts';
import { rest } from '#core/rest.ts';

const everyMs = 1000;
/** A clock that is further off than this makes times in reports and audit worthless. */
const skewMaxMs = 5 * 60_000;

export interface FirstContact {
  url: string;
  client: Client;
  /** Aborts when the process is to stop. */
  signal: AbortSignal;
  log: (line: string) => void;
}

/**
 * Waits for the API and shows it the token, before anything is started. False when it was told to stop meanwhile.
 * @throws AppError `unauthenticated`, `forbidden` for a token that is not a worker's, `conflict` for a clock that is off
 */
export async function firstContact({ url, client, signal, log }: FirstContact): Promise<boolean> {
  let said = false;
  while (!signal.aborted) {
    try {
      const { role } = await unwrap(client.v1.whoami.$get());
      if (role !== 'worker') throw notAWorker(role);
      await mustAgreeOnTheTime(url, signal);
      return true;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'api_unreachable') throw error;
      if (!said) log(`${error.message}; waiting for it`);
      said = true;
    }
    await rest(everyMs, signal);
  }
  return false;
}

async function mustAgreeOnTheTime(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(`${url}/healthz`, { signal }).catch(() => null);
  await response?.body?.cancel();
  const there = Date.parse(response?.headers.get('date') ?? '');
  const skewMs = Date.now() - there;
  if (!(Math.abs(skewMs) > skewMaxMs)) return;
  const off = `${Math.round(Math.abs(skewMs) / 60_000)} minutes ${skewMs > 0 ? 'ahead of' : 'behind'}`;
  throw new AppError('conflict', `The clock of this machine is ${off} that of the control plane`, {
    done: 'Nothing was started.',
    next: 'Set both by NTP (`timedatectl set-ntp true`), then start the worker again.',
  });
}

const notAWorker = (role: string): AppError =>
  new AppError('forbidden', `The token is one of the role ${role}, not a worker's`, {
    done: 'Nothing was started.',
    next: 'Make one with `flotilla token create --worker`, and set FLOTILLA_WORKER_TOKEN or FLOTILLA_WORKER_TOKEN_FILE.',
  });
