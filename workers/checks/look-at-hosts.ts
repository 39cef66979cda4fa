import type { ErrorCode } from '#core/errors.ts';
import { AppError, isErrorCode } from '#core/errors.ts';
import type { HostLook } from '#core/diagnosis/symptoms.ts';
import type { EngineFacts, SystemFacts } from '#core/observation.ts';
import { known, type Observed, unknown } from '#core/observed.ts';
import type { CheckResult } from '#core/verification.ts';
import { type ListedContainer, listContainers } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { engineInfo } from '../docker/system.ts';
import type { Hosts } from '../hosts.ts';
import { engineFacts } from '../observe/facts.ts';
import { unknownOf } from '../observe/observe-host.ts';
import { within } from './within.ts';

/** An engine that answers at all does so in a fraction of this; the second one is for a connection to be made. */
const engineLimitMs = 5000;
const hostLimitMs = 8000;

/** A host as the first look found it. */
export interface Looked {
  look: HostLook;
  /** All of its containers, and the facts of its system; unknown when they were not asked for. */
  containers: Observed<ListedContainer[]>;
  system: Observed<SystemFacts>;
}

/**
 * The first level: SSH, the socket and the engine of every host, side by side, and what its system says of itself.
 * Never throws for a host that cannot be seen.
 */
export async function lookAtHosts(hosts: Hosts): Promise<Record<string, HostLook>> {
  return looksOf(await lookAtAll(hosts, false));
}

/** The same with all that an observation has of hosts, so that nothing has to be asked of them again. */
export const lookClosely = (hosts: Hosts): Promise<Record<string, Looked>> => lookAtAll(hosts, true);

export const looksOf = (looked: Readonly<Record<string, Looked>>): Record<string, HostLook> =>
  Object.fromEntries(Object.entries(looked).map(([host, { look }]) => [host, look]));

async function lookAtAll(hosts: Hosts, isClose: boolean): Promise<Record<string, Looked>> {
  const looked = await Promise.all(hosts.all.map(async (host) => [host.name, await lookAt(hosts, host, isClose)]));
  return Object.fromEntries(looked);
}

async function lookAt(hosts: Hosts, { name, address }: Hosts['all'][number], isClose: boolean): Promise<Looked> {
  const [engine, system] = await Promise.all([
    within(askEngine(hosts, name, isClose), hostLimitMs, name),
    within(hosts.firstLook(name, { timeoutMs: hostLimitMs, facts: isClose }), hostLimitMs, `The system of ${name}`),
  ]);
  const look = {
    address,
    engine: named(engine.known ? known(engine.value.facts) : engine, system.known, name),
    firewall: system.known ? system.value.firewall : system,
    ipForward: system.known ? system.value.ipForward : system,
    ipVs: system.known ? known(system.value.ipVs) : system,
    orphans: system.known ? known(system.value.orphans) : system,
    byCommand: engine.known && !(await hosts.engine(name).forwards()),
  };
  return {
    look,
    containers: engine.known ? engine.value.containers : engine,
    system: system.known ? system.value.facts : system,
  };
}

/** One call after the other: they share a channel. */
async function askEngine(hosts: Hosts, host: string, isClose: boolean) {
  const engine = hosts.engine(host);
  const info = await engineInfo(engine, { timeoutMs: engineLimitMs });
  const facts = engineFacts(info, engine.apiVersion());
  return { facts, containers: isClose ? await containersOf(engine) : unknown('they were not asked for') };
}

/** An engine that answers, and does not list them in time, is not silent. */
async function containersOf(engine: EngineClient): Promise<Observed<ListedContainer[]>> {
  try {
    return known(await listContainers(engine, { all: true }, { timeoutMs: engineLimitMs }));
  } catch (error) {
    return unknownOf(error);
  }
}

/** Where the limit came first, SSH tells whether the host or only its engine is silent. */
function named(engine: Observed<EngineFacts>, hasSystem: boolean, host: string): Observed<EngineFacts> {
  if (engine.known || engine.code !== 'timeout') return engine;
  return hasSystem
    ? {
        known: false,
        reason: `The engine of ${host} did not answer within ${hostLimitMs / 1000} s.`,
        code: 'engine_unreachable',
      }
    : { known: false, reason: `${host} did not answer within ${hostLimitMs / 1000} s.`, code: 'host_unreachable' };
}

/** Hosts that cannot be looked at, with the reason. */
export const awayOf = (looks: Readonly<Record<string, HostLook>>): Map<string, string> =>
  new Map(Object.entries(looks).flatMap(([host, { engine }]) => (engine.known ? [] : [[host, engine.reason]])));

/** The same hosts, without waiting again for those that have just been found silent: their engines refuse at once. */
export const withoutSilent = (hosts: Hosts, looks: Readonly<Record<string, HostLook>>): Hosts => ({
  ...hosts,
  engine: (host) => {
    const engine = looks[host]?.engine;
    if (engine?.known !== false) return hosts.engine(host);
    throw new AppError(codeOf(engine.code), engine.reason, { host });
  },
});

const codeOf = (code = ''): ErrorCode => (isErrorCode(code) ? code : 'host_unreachable');

/** One line for each host: that its engine answers, or why it is not known. */
export const hostChecks = (looks: Readonly<Record<string, HostLook>>): CheckResult[] =>
  Object.entries(looks).flatMap(([host, { engine, firewall }]) => {
    const line = { level: 'L0' as const, network: null, from: host, to: null, target: host, ms: null };
    const answers: CheckResult = engine.known
      ? { ...line, check: 'engine', result: 'ok', detail: `engine ${engine.value.version} answers` }
      : { ...line, check: 'engine', result: 'unknown', detail: engine.reason };
    const rules: CheckResult[] =
      firewall.known || !engine.known
        ? []
        : [{ ...line, check: 'firewall', result: 'skipped', detail: firewall.reason }];
    return [answers, ...rules];
  });
