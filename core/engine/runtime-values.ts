import { nanosecondsOf } from '../spec/duration.ts';
import { type Healthcheck, isDisabled } from '../spec/healthcheck.ts';
import type { Runtime } from '../spec/runtime.ts';
import type { EngineJson } from '../step.ts';

/* Values of Compose as the Engine API (1.41 to 1.55) takes them, for services and containers alike. */

/** `Healthcheck`; what is absent is as in the image. */
export function healthValue(check: Healthcheck): EngineJson {
  if (isDisabled(check)) return { Test: ['NONE'] };
  const { test, interval, timeout, retries, start_period } = check;
  return {
    ...(test === undefined ? {} : { Test: test }),
    ...(interval === undefined ? {} : { Interval: nanosecondsOf(interval) }),
    ...(timeout === undefined ? {} : { Timeout: nanosecondsOf(timeout) }),
    ...(retries === undefined ? {} : { Retries: retries }),
    ...(start_period === undefined ? {} : { StartPeriod: nanosecondsOf(start_period) }),
  };
}

/** `CAP_NET_ADMIN`, as Docker's own command line writes them; `ALL` is none of them. */
export const capabilityValues = (names: readonly string[]): string[] =>
  names.map((name) => (name === 'ALL' ? name : `CAP_${name}`));

export const ulimitValues = (ulimits: NonNullable<Runtime['ulimits']>): EngineJson[] =>
  Object.entries(ulimits).map(([Name, { soft, hard }]) => ({ Name, Soft: soft, Hard: hard }));

/** Each address of each extra host, written as the given engine object takes it. */
export const hostValues = (
  hosts: NonNullable<Runtime['extra_hosts']>,
  write: (name: string, address: string) => string,
): string[] => Object.entries(hosts).flatMap(([name, addresses]) => addresses.map((address) => write(name, address)));
