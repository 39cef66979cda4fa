import type { ErrorCode } from '#core/errors.ts';
import { AppError, isErrorCode } from '#core/errors.ts';
import type { HostLook } from '#core/diagnosis/symptoms.ts';
import type { EngineFacts } from '#core/observation.ts';
import { known, type Observed } from '#core/observed.ts';
import type { CheckResult } from '#core/verification.ts';
import { engineInfo } from '../docker/system.ts';
import type { Hosts } from '../hosts.ts';
import { engineFacts } from '../observe/facts.ts';
import { within } from './within.ts';

/** An engine that answers at all does so in a fraction of this; the second one is for a connection to be made. */
const engineLimitMs = 5000;
const hostLimitMs = 8000;

/**
 * The first level: SSH, the socket and the engine of every host, side by side, and what its system says of itself.
 * Never throws for a host that cannot be seen.
 */
export async function lookAtHosts(hosts: Hosts): Promise<Record<string, HostLook>> {
  const looks = await Promise.all(
    hosts.all.map(async ({ name, address }): Promise<[string, HostLook]> => {
      const [engine, system] = await Promise.all([
        within(askEngine(hosts, name), hostLimitMs, name),
        within(hosts.firstLook(name, hostLimitMs), hostLimitMs, `The system of ${name}`),
      ]);
      return [
        name,
        {
          address,
          engine: named(engine, system.known, name),
          firewall: system.known ? system.value.firewall : system,
          ipForward: system.known ? system.value.ipForward : system,
          ipVs: system.known ? known(system.value.ipVs) : system,
          orphans: system.known ? known(system.value.orphans) : system,
          byCommand: engine.known && !(await hosts.engine(name).forwards()),
        },
      ];
    }),
  );
  return Object.fromEntries(looks);
}

async function askEngine(hosts: Hosts, host: string): Promise<EngineFacts> {
  const engine = hosts.engine(host);
  const info = await engineInfo(engine, { timeoutMs: engineLimitMs });
  return engineFacts(info, engine.apiVersion());
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
