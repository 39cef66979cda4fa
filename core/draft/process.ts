import { isMap, mapsIn } from '../map.ts';
import { durationText } from '../spec/duration.ts';
import type { EngineJson } from '../step.ts';
import { said, saidOf } from './said.ts';

/* Keys that services and containers have in common, of values that are alike in both objects of the Engine API. */

export function draftHealthcheck(value: unknown): EngineJson {
  if (!isMap(value)) return {};
  const { Test, Interval, Timeout, Retries, StartPeriod } = value;
  if (Array.isArray(Test) && Test[0] === 'NONE') return { healthcheck: { disable: true } };
  return said('healthcheck', {
    ...said('test', Test),
    ...saidOf('interval', Interval, durationText),
    ...saidOf('timeout', Timeout, durationText),
    ...said('retries', Retries),
    ...saidOf('start_period', StartPeriod, durationText),
  });
}

export const draftUlimits = (value: unknown): EngineJson =>
  said(
    'ulimits',
    Object.fromEntries(
      mapsIn(value).map(({ Name, Soft = 0, Hard = 0 }) => [
        String(Name),
        Soft === Hard ? Soft : { soft: Soft, hard: Hard },
      ]),
    ),
  );

/** `LogDriver` of a service, or a container's `LogConfig`, which calls the same otherwise. */
export const draftLogging = (driver: unknown, options: unknown): EngineJson =>
  said('logging', { ...said('driver', driver), ...said('options', options) });

/** Capabilities as Compose writes them. */
export const draftCapabilities = (key: string, value: unknown): EngineJson =>
  said(key, Array.isArray(value) ? value.map((name) => String(name).toUpperCase().replace(/^CAP_/, '')) : []);
