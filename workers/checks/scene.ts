import type { HostLook, SwarmLook } from '#core/diagnosis/symptoms.ts';
import type { Observed } from '#core/observed.ts';
import type { Split } from '#core/swarm-split.ts';
import type { StepVerify } from '#core/step.ts';
import type { Hosts } from '../hosts.ts';
import type { Managers } from '../steps/managers.ts';
import type { SwarmAnswers } from './ask-swarm.ts';
import type { EndpointView, LocalView } from './endpoints.ts';
import type { Wanted } from './wanted-checks.ts';

/** What a manager told of the swarm, and each host of its own containers. */
export interface Found {
  answers: SwarmAnswers;
  local: readonly LocalView[];
}

/** What a verification is told. */
export interface VerifyInput {
  /** With hosts among them that were found silent: they refuse at once. */
  hosts: Hosts;
  /** What the first look at each host gave. */
  looks: Readonly<Record<string, HostLook>>;
  managers: Managers;
  /** NodeID of each host of the cluster. */
  nodes: ReadonlyMap<string, string>;
  /** Hosts that should be nodes: one whose node is not known cannot be proved, and is told as unknown. */
  expected: readonly string[];
  args: StepVerify;
  /** Every overlay of the swarm, not only those of `args`. */
  everyNetwork: boolean;
  /** What else the spec wants to be there; null where there is no spec. */
  wanted: Wanted | null;
  /** Managers that follow different leaders, as they were observed; null where there is one swarm. */
  split: Split | null;
  /** What has just been changed needs a while until names spread. */
  settleMs: number;
  /** How long tasks that are on their way are waited for before anything is asked. */
  comeUpMs: number;
  /** What was asked a moment ago, so that it need not be asked again; null where it was not. */
  found: Found | null;
  operation: string;
  cluster: string;
  note: (host: string | null, text: string) => void;
}

/** What it knows before it asks anything from inside the overlays. */
export interface Scene {
  input: VerifyInput;
  names: readonly string[];
  peers: ReadonlyMap<string, readonly string[]>;
  /** Hosts that cannot be looked at, with the reason. */
  away: Map<string, string>;
  view: EndpointView;
  swarm: Observed<SwarmLook>;
  nodes: ReadonlyMap<string, string>;
  /** Hosts that take nothing new, as a manager says: the swarm attaches no container there. */
  closed: ReadonlyMap<string, 'pause' | 'drain'>;
}
