import { isMap } from '../map.ts';
import type { ServiceSpec } from '../spec/service.ts';
import type { Spec } from '../spec/spec.ts';
import type { EngineJson } from '../step.ts';
import type { MadeConfigs } from './made-config.ts';

/** What a spec says beside a service or container that matters to its mounts, and what the swarm calls what it is given. */
export interface Within {
  cluster: string;
  volumes: Spec['volumes'];
  configs?: MadeConfigs;
}

/** What a value says, part by part, in the same text for what means the same; defaults are left out. */
export type Parts = Readonly<Record<string, string>>;

/** A key of Compose with how it is asked of an engine, and how it is read. */
export interface Field<Says> {
  /** As Compose writes it: `deploy.resources.limits.memory`. */
  key: string;
  /** Where the engine's ServiceSpec has it. */
  at: readonly string[];
  /** What the engine is sent; undefined where the spec does not say it. */
  wanted: (spec: Says, within: Within) => unknown;
  /** Reads what is sent, and what an engine answers. A value of one part only has the part ''. */
  parts: (value: unknown) => Parts;
  /** Parts of which only the name is told, as their values may be secrets. */
  isUntold?: (part: string) => boolean;
}

/**
 * A key that a service may leave out. What it leaves out stays as others have set it, unless the spec said it before; so
 * each is asked for, compared and taken back by itself.
 */
export type ServiceField = Field<ServiceSpec>;

/** The body with a value at a path; undefined takes away what is there. */
export function withValueAt(body: EngineJson, [name, ...rest]: readonly string[], value: unknown): EngineJson {
  if (name === undefined) return body;
  const { [name]: had, ...others } = body;
  if (rest.length === 0) return value === undefined ? others : { ...others, [name]: value };
  if (value === undefined && !isMap(had)) return body;
  return { ...body, [name]: withValueAt(isMap(had) ? had : {}, rest, value) };
}
