import { AppError } from '#core/errors.ts';
import type { TaskLook } from '#core/diagnosis/symptoms.ts';
import type { CheckResult } from '#core/verification.ts';
import { pingEngine } from '../docker/system.ts';
import type { Hosts } from '../hosts.ts';
import type { ServiceState } from './task-checks.ts';

/** Hosts that could not be looked at, with the reason. */
export type UnseenHosts = ReadonlyMap<string, string>;

/**
 * To those known already, adds hosts that went away while the checks ran: their own checks have no answer, and their
 * engine, asked once more, has none either.
 */
export async function findUnseen(hosts: Hosts, known: UnseenHosts, checks: readonly CheckResult[]) {
  const doubtful = new Set(checks.flatMap(({ from, result }) => (result === 'unknown' ? [from] : [])));
  const asked = await Promise.all(
    [...doubtful]
      .filter((host) => !known.has(host) && hosts.all.some(({ name }) => name === host))
      .map(async (host) => ({ host, reason: await silenceOf(hosts, host) })),
  );
  return new Map([
    ...known,
    ...asked.flatMap(({ host, reason }) => (reason === null ? [] : [[host, reason] as const])),
  ]);
}

async function silenceOf(hosts: Hosts, host: string): Promise<string | null> {
  try {
    await pingEngine(hosts.engine(host));
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/**
 * What failed toward a host that could not be looked at says nothing of the network: its containers may have gone with
 * it. Such checks are unknown, beside one that names the host itself. Its ports are left as they are (L1): they tell
 * whether the host is there at all.
 */
export function withUnseen(checks: readonly CheckResult[], unseen: UnseenHosts): CheckResult[] {
  const judged = checks.map((check): CheckResult => {
    const reason = check.to === null ? undefined : unseen.get(check.to);
    if (reason === undefined || check.result !== 'failed') return check;
    if (check.level === 'L1' || isAlive(checks, check)) return check;
    return { ...check, result: 'unknown', detail: `${check.detail}; ${check.to} could not be looked at: ${reason}` };
  });
  return [...judged, ...[...unseen].map(([host, reason]) => unseenCheck(host, reason))];
}

/**
 * A service that lacks tasks only where nobody could look, and for no reason of theirs, is not known to lack them: an
 * engine that stopped takes its tasks along, and the swarm may not have moved them yet.
 */
export function withUnseenTasks(
  { checks, services }: Pick<ServiceState, 'checks' | 'services'>,
  unseen: UnseenHosts,
): CheckResult[] {
  return checks.map((check): CheckResult => {
    const tasks = services.find(({ name }) => name === check.target)?.tasks ?? [];
    const isGone = ({ host, error }: TaskLook): boolean => host !== null && unseen.has(host) && error === '';
    if (check.result !== 'failed' || tasks.length === 0 || !tasks.every(isGone)) return check;
    const hosts = [...new Set(tasks.map(({ host }) => host))].join(', ');
    return {
      ...check,
      result: 'unknown',
      detail: `${check.detail}; the others were on ${hosts}, which could not be looked at`,
    };
  });
}

/** What answers small packets is there, and what else fails toward it really fails. */
const isAlive = (checks: readonly CheckResult[], { level, from, target }: CheckResult): boolean =>
  level === 'L4' &&
  checks.some((one) => one.check === 'ping' && one.result === 'ok' && one.from === from && one.target === target);

const unseenCheck = (host: string, detail: string): CheckResult => ({
  level: 'L0',
  check: 'engine',
  network: null,
  from: host,
  to: null,
  target: host,
  result: 'unknown',
  detail,
  ms: null,
});
