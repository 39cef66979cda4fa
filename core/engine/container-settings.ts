import { bytesOf, nanoCpusOf } from '../spec/amounts.ts';
import { nanosecondsOf } from '../spec/duration.ts';
import type { Runtime } from '../spec/runtime.ts';
import type { EngineJson, StepContainer } from '../step.ts';
import { capabilityValues, healthValue, hostValues, ulimitValues } from './runtime-values.ts';

/** What `POST /containers/create` takes at its top for the keys that a container says. */
export const containerConfig = (spec: Runtime): EngineJson => ({
  ...said('Healthcheck', spec.healthcheck, healthValue),
  ...said('Tty', spec.tty),
  ...said('OpenStdin', spec.stdin_open),
  ...said('StopSignal', spec.stop_signal),
  // Who names a signal wants it sent: a container without a grace of its own is killed when it goes.
  ...said('StopTimeout', spec.stop_grace_period ?? (spec.stop_signal === undefined ? undefined : '10s'), secondsOf),
});

/** The same for its `HostConfig`. */
export const hostConfig = (spec: StepContainer): EngineJson => ({
  ...said('NanoCpus', spec.cpus, nanoCpusOf),
  ...said('Memory', spec.mem_limit, bytesOf),
  ...said('MemoryReservation', spec.mem_reservation, bytesOf),
  ...said('PidsLimit', spec.pids_limit),
  ...said('Init', spec.init),
  ...said('ReadonlyRootfs', spec.read_only),
  ...said('CapAdd', spec.cap_add, capabilityValues),
  ...said('CapDrop', spec.cap_drop, capabilityValues),
  ...said('Sysctls', spec.sysctls),
  ...said('Ulimits', spec.ulimits, ulimitValues),
  ...said('ExtraHosts', spec.extra_hosts, (hosts) => hostValues(hosts, (name, address) => `${name}:${address}`)),
  ...said('Dns', spec.dns),
  ...said('DnsSearch', spec.dns_search),
  ...said('DnsOptions', spec.dns_opt),
  ...said('GroupAdd', spec.group_add),
  ...said('LogConfig', spec.logging, ({ driver = '', options = {} }) => ({ Type: driver, Config: options })),
});

/** Engines count a container's grace in whole seconds; rather one more than one less. */
const secondsOf = (duration: string): number => Math.ceil(nanosecondsOf(duration) / 1e9);

const same = (value: unknown): unknown => value;

/** The member, where the spec says it. */
const said = <T>(name: string, value: T | undefined, write: (value: T) => unknown = same): EngineJson =>
  value === undefined ? {} : { [name]: write(value) };
