import { type ContainerSpec, mayEndWell } from '#core/spec/service.ts';
import type { CheckResult } from '#core/verification.ts';
import { type Container, inspectContainer } from '../docker/containers.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from '../observe/observe-host.ts';
import { waitFor } from '../wait-for.ts';
import { Ages, steadyMs } from './ages.ts';

/** A standalone container of the spec. */
export interface WantedContainer {
  name: string;
  host: string;
  networks: readonly string[];
  restart: ContainerSpec['restart'];
}

interface Known {
  hosts: Hosts;
  /** Names of the overlays that there are. */
  overlays: ReadonlySet<string>;
  /** Hosts that cannot be looked at. */
  away: ReadonlySet<string>;
  /** One that has just been started must stay up for a while: so long it is asked again. */
  settleMs: number;
}

type Verdict = Pick<CheckResult, 'result' | 'detail'> & { error?: string };

/** Whether each container of the spec runs on its host and stays up, or has ended well where that is all it should. */
export const containerChecks = (wanted: readonly WantedContainer[], known: Known): Promise<CheckResult[]> =>
  Promise.all(
    wanted.map(async (one) => ({
      level: 'L0' as const,
      check: 'container',
      network: null,
      from: one.host,
      to: null,
      target: one.name,
      ms: null,
      ...(await settledVerdict(one, known)),
    })),
  );

async function settledVerdict(one: WantedContainer, known: Known): Promise<Verdict> {
  const { host, name } = one;
  if (known.away.has(host)) return { result: 'unknown', detail: `${host} could not be looked at` };
  const ages = new Ages();
  let verdict: Verdict = { result: 'unknown', detail: 'it was not looked at' };
  let knownRestarts: number | null = null;
  let mayStay = false;
  const look = async (): Promise<true | undefined> => {
    const container = await orNullOn404(inspectContainer(known.hosts.engine(host), name, { timeoutMs: limitMs }));
    const isYoung = container?.State.Running === true && ages.isYoung(container.Id, container.State.StartedAt);
    knownRestarts ??= container?.RestartCount ?? 0;
    // One that has ended before somebody looked, and not since, has to run for a while before it is judged.
    mayStay = isYoung && container.RestartCount === knownRestarts;
    verdict = verdictOf(one, container, { isYoung, overlays: known.overlays });
    return verdict.result === 'ok' && !isYoung ? true : undefined;
  };
  const lookOn = async (): Promise<true | undefined> => (await look()) ?? (mayStay ? undefined : true);
  const pace = { firstMs: 200, longestMs: 1000 };
  try {
    await waitFor(look, { ...pace, limitMs: known.settleMs });
    if (mayStay && verdict.result === 'failed') await waitFor(lookOn, { ...pace, limitMs: steadyMs });
    return verdict;
  } catch (error) {
    const seen = unknownOf(error);
    return { result: 'unknown', detail: seen.known ? '' : seen.reason };
  }
}

const limitMs = 8000;

/** What is to be said of it as it is now. Pure. */
export function verdictOf(
  { host, networks, ...wanted }: WantedContainer,
  container: Container | null,
  { isYoung, overlays }: { isYoung: boolean; overlays: ReadonlySet<string> },
): Verdict {
  if (container === null) return { result: 'failed', detail: `${host} has no such container` };
  const { State: state, RestartCount: restarts, NetworkSettings } = container;
  if (!state.Running || state.Status === 'restarting') {
    const code = `exit code ${state.ExitCode}`;
    if (state.Status === 'exited' && state.ExitCode === 0 && mayEndWell(wanted))
      return { result: 'ok', detail: `has ended, ${code}` };
    return { result: 'failed', detail: `${state.Status}, ${code}`, error: restarts > 0 ? 'restarts' : 'ended' };
  }
  if (isYoung && restarts > 0)
    return { result: 'failed', detail: `runs again, after it has ended ${restarts} times`, error: 'restarts' };
  const missing = networks.filter((name) => overlays.has(name) && !Object.hasOwn(NetworkSettings.Networks, name));
  if (missing.length > 0)
    return { result: 'failed', detail: `runs, but is not on ${missing.join(', ')}`, error: 'off-network' };
  return { result: 'ok', detail: 'runs' };
}
