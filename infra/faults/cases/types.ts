import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab, LabHost } from '#lab/types.ts';
import type { Expected } from '../judge.ts';
import type { Plane } from '../plane.ts';

/** States of a lab in which a case finds it; making one takes some seconds, so that many cases share it. */
export type StageName = 'bare' | 'formed' | 'other-port' | 'three-managers';

/** Where a fault is made: a lab in the state that the case asked for, and the host that was drawn to be the bad one. */
export interface Site {
  lab: Lab;
  plane: Plane;
  /** The spec of the stage. */
  spec: SpecInput;
  manager: LabHost;
  bad: LabHost;
  /** Another host, for faults between two. Never the manager where the bad one is not. */
  other: LabHost;
  /** Names of all hosts. */
  all: string[];
}

/** One way to break a lab, and what the report must then say. */
export interface FaultCase {
  name: string;
  stage: StageName;
  by: 'preflight' | 'verify';
  /** Which hosts may be drawn as the bad one. Default: any. */
  on?: 'manager' | 'worker';
  /** What a preflight is asked for; default: the spec of the stage. */
  asks?: (site: Site) => SpecInput;
  /** Gives what must be named. */
  inject: (site: Site) => Promise<Expected>;
  /** Before every fault of every host is healed. */
  heal?: (site: Site) => Promise<void>;
  /** Only engines below this release can be broken so; on a lab with another one it is left out. */
  below?: number;
  /** The lab cannot be mended, or not in seconds: the stage is made anew afterwards. */
  spoils?: boolean;
}
