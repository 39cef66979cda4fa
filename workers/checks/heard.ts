import type { CheckResult } from '#core/verification.ts';
import { inspectNetwork } from '../docker/networks.ts';
import type { Hosts } from '../hosts.ts';
import { unknownOf } from '../observe/observe-host.ts';
import { networksAt } from './vantages.ts';
import { attachAgain, attachLate, type ProberAsk, type Started } from './probers.ts';

/** A container that joins a network is known everywhere within a second, or by chance not for half a minute. */
const spreadMs = 4000;
const peersLimitMs = 5000;

/**
 * Asks, and where a prober was attached whose engine had no container on the network before, once more when its joining
 * was not heard everywhere. Two engines that join at the same moment may miss what the other one says, and then hear
 * of it only at their next full exchange, up to 30 s later: no fault of the network. Who joins anew, asks all others.
 */
export async function askUntilHeard(
  input: ProberAsk,
  started: Started[],
  ask: (settleMs: number) => Promise<CheckResult[]>,
): Promise<CheckResult[]> {
  const attached = started.filter(({ vantage }) => vantage.kind === 'attached');
  if (attached.length === 0) return ask(input.settleMs);
  const first = await ask(Math.min(input.settleMs, spreadMs));
  if (first.every(({ result }) => result !== 'failed')) return askThoseLate(input, started, { first, ask });
  const unheard = await gossiping(input.hosts, started, unheardOf(attached, first).filter(isOpen(first)));
  if (unheard.length === 0 && input.settleMs <= spreadMs) return first;
  if (unheard.length > 0) {
    const names = unheard.map(({ vantage }) => vantage.host).join(', ');
    input.note(null, `the probes on ${names} were not heard of everywhere; attaching them anew`);
    await attachAgain(input, started, unheard);
  }
  return ask(Math.max(input.settleMs - spreadMs, spreadMs));
}

/**
 * Where nothing fails, but an engine did not let its prober join in time, it gets a second chance: it may have been
 * busy, or looking for a manager that has just come back. Otherwise what fails is the better word.
 */
async function askThoseLate(
  input: ProberAsk,
  started: Started[],
  { first, ask }: { first: CheckResult[]; ask: (settleMs: number) => Promise<CheckResult[]> },
): Promise<CheckResult[]> {
  const late = started.filter(
    (one) => 'fault' in one && one.vantage.kind === 'attached' && one.fault.code === 'engine_unreachable',
  );
  if (late.length === 0) return first;
  const names = late.map(({ vantage }) => vantage.host).join(', ');
  input.note(null, `the probes on ${names} did not join their networks in time; attaching them once more`);
  await attachLate(input, started, late);
  return ask(spreadMs);
}

/**
 * Attached probers that cannot be found by name, or cannot find others; or whose engines know the names and not where
 * the containers are, which are two records: then packets are lost on that network, and on another one they pass.
 */
export const unheardOf = (attached: readonly Started[], checks: readonly CheckResult[]): Started[] => {
  const lost = checks.filter((one) => {
    if (one.result !== 'failed' || one.to === null) return false;
    return (one.check === 'dns' && one.level === 'L3') || (isEcho(one) && passesBeside(checks, one));
  });
  return attached.filter(({ vantage }) => {
    const here = networksAt(vantage);
    return lost.some(
      ({ from, to, network }) =>
        (from === vantage.host || to === vantage.host) && network !== null && here.includes(network),
    );
  });
};

const isEcho = ({ check, level }: CheckResult): boolean => check === 'ping' && level === 'L4';

/** The same hosts reach each other over another network. */
const passesBeside = (checks: readonly CheckResult[], { from, to, network }: CheckResult): boolean =>
  checks.some(
    (one) => isEcho(one) && one.result === 'ok' && one.from === from && one.to === to && one.network !== network,
  );

/** Where the swarm's own ports do not answer, joining anew does not help and may hang. */
const isOpen =
  (checks: readonly CheckResult[]) =>
  ({ vantage: { host } }: Started): boolean =>
    !checks.some(
      ({ level, result, from, to }) => level === 'L1' && result === 'failed' && (from === host || to === host),
    );

/** Those whose engines list every other one as a peer: where gossip itself is dead, joining anew does not help. */
async function gossiping(hosts: Hosts, started: readonly Started[], unheard: readonly Started[]): Promise<Started[]> {
  const lists = await Promise.all(unheard.map((one) => listsAll(hosts, started, one)));
  return unheard.filter((_, at) => lists[at] === true);
}

async function listsAll(hosts: Hosts, started: readonly Started[], { vantage }: Started): Promise<boolean> {
  if (vantage.kind !== 'attached') return false;
  const counts = vantage.networks.map(async ({ id, name }) => {
    const expected = new Set(
      started.filter((one) => 'prober' in one && networksAt(one.vantage).includes(name)).map((one) => one.vantage.host),
    );
    try {
      const { Peers: peers } = await inspectNetwork(hosts.engine(vantage.host), id, {}, { timeoutMs: peersLimitMs });
      return peers.length >= expected.size;
    } catch (error) {
      return unknownOf(error).known;
    }
  });
  return (await Promise.all(counts)).every(Boolean);
}
