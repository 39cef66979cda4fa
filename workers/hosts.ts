import type { Counters } from '#core/diagnosis/symptoms.ts';
import type { Host, HostKey } from '#core/host.ts';
import type { SystemFacts } from '#core/observation.ts';
import type { Observed } from '#core/observed.ts';
import type { SystemSide } from '#core/preflight/facts.ts';
import type { WorkerSecrets } from './secrets.ts';
import type { ProbeArch, ProbeImage } from './probe/image.ts';
import type { EvidenceAsk } from './ssh/command.ts';
import type { SystemEvidence } from './ssh/evidence.ts';
import type { FirstLook, FirstLookAsk } from './ssh/first-look.ts';
import type { EngineClient } from './docker/engine.ts';

/** The hosts of one operation, as its steps and observations reach them. */
export interface Hosts {
  readonly all: readonly Host[];
  /** The engine of a host; connects at the first call and keeps the connection. Throws AppError naming the host. */
  engine: (host: string) => EngineClient;
  /** The key that the host shows now, in a new handshake; its engine is asked anew after it too. */
  shownKey: (host: string) => Promise<HostKey>;
  /** One read-only script over SSH; `peers` are addresses to measure the path MTU to (none: not measured). */
  system: (host: string, peers: readonly string[]) => Promise<SystemFacts>;
  /** Whether addresses of other hosts answer this one, and from which source address it asks. */
  reach: (host: string, addresses: readonly string[]) => Promise<NonNullable<SystemFacts['reach']>>;
  /** What preflight reads of the host's system, each fact for itself. `esp`: also whether its kernel can encrypt. */
  battery: (host: string, ask: { esp: boolean }) => Promise<SystemSide>;
  /** The rules of the host's firewall as iptables-save prints them with counters; empty when they cannot be read. */
  firewall: (host: string) => Promise<string>;
  /** Whether a host forwards and what its firewall has stopped, and the facts of its system: one script over SSH. */
  firstLook: (host: string, ask: FirstLookAsk) => Promise<FirstLook>;
  /** What its system shows after something failed: one script over SSH; `peers` are addresses of the others. */
  evidence: (host: string, ask: EvidenceAsk & { timeoutMs: number }) => Promise<SystemEvidence>;
  /** `X-Registry-Auth` for an image of a registry that this worker has a login to. Throws AppError. */
  registryAuth: (image: string) => Promise<string | undefined>;
  /** Secrets that this worker has for services of the cluster, by name. */
  readonly secrets: Pick<WorkerSecrets, 'states' | 'value'>;
  /** What its overlays have carried until now: one short script over SSH. */
  counters: (host: string, timeoutMs: number) => Promise<Observed<Counters>>;
  /** The probe image for an architecture, from where this worker keeps it. */
  probeImage: (arch: ProbeArch) => Promise<ProbeImage>;
  /** Process id of the host's engine, or null when it has none now: tells a restarted engine from the old one. */
  engineProcess: (host: string) => Promise<string | null>;
  /** Tells the host's init to restart the engine. Returns before it is up again. */
  restartEngine: (host: string) => Promise<void>;
  /** Hands the connections back to the pool. */
  release: () => Promise<void>;
}
