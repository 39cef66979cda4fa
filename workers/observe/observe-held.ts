import { madeConfigs } from '#core/engine/made-config.ts';
import type { HeldFacts } from '#core/observation.ts';
import { clusterLabel, configLabel } from '#core/spec/names.ts';
import { type HeldKind, heldKinds, madeKinds } from '#core/spec/held.ts';
import type { Spec } from '#core/spec/spec.ts';
import { isTakenDown } from '#core/spec/taken-down.ts';
import type { Lease } from '#core/worker-wire.ts';
import type { EngineClient } from '../docker/engine.ts';
import { type Held, listHeld } from '../docker/held.ts';

/** What a manager is asked of its secrets and configs. */
export interface AskHeld {
  kinds: readonly HeldKind[];
  /** What a plan may change, to tell line by line how. */
  spec: Pick<Spec, 'cluster' | 'configs'> | null;
}

export const askNothing: AskHeld = { kinds: [], spec: null };

/** The kinds of which a service is given one, and those that this or a former revision has made; others cost no call. */
export function askHeldOf({ revision, heldBefore = [] }: Pick<Lease, 'revision' | 'heldBefore'>): AskHeld {
  if (revision === null) return { kinds: heldBefore, spec: null };
  const { spec } = revision;
  // A swarm that ends takes along whatever it holds.
  if (isTakenDown(spec)) return { kinds: heldKinds, spec };
  const made = new Set([...heldBefore, ...madeKinds(spec)]);
  const isGiven = (kind: HeldKind): boolean => Object.values(spec.services).some((one) => one[kind] !== undefined);
  return { kinds: heldKinds.filter((kind) => made.has(kind) || isGiven(kind)), spec };
}

/** What the swarm holds, by kind. */
export const observeHeld = async (
  engine: EngineClient,
  { kinds, spec }: AskHeld,
): Promise<Partial<Record<HeldKind, HeldFacts[]>>> =>
  Object.fromEntries(
    await Promise.all(
      kinds.map(async (kind) => [kind, (await listOf(engine, kind, spec)).map((held) => factsOf(held, spec))] as const),
    ),
  );

/**
 * An engine sends along with its list what each config says, and cannot be asked for less: so it is asked for those of
 * this cluster, and by name for what of the spec is not among them. What others have made is left with them.
 */
async function listOf(engine: EngineClient, kind: HeldKind, spec: AskHeld['spec']): Promise<Held[]> {
  if (kind === 'secrets' || spec === null) return listHeld(engine, kind);
  const own = await listHeld(engine, kind, { filters: { label: [`${clusterLabel}=${spec.cluster}`] } });
  const made = new Map([...(await madeConfigs(spec))].map(([key, { name }]) => [key, name]));
  const wanted = new Set(Object.keys(spec.configs ?? {}).map((key) => made.get(key) ?? key));
  const others = [...wanted].filter((name) => own.every(({ Spec }) => Spec.Name !== name));
  if (others.length === 0) return own;
  // The engine takes a name for the beginning of one.
  const found = await listHeld(engine, kind, { filters: { name: others } });
  return [...own, ...found.filter(({ Spec }) => others.includes(Spec.Name))];
}

function factsOf(held: Held, spec: AskHeld['spec']): HeldFacts {
  const { ID: id, Spec } = held;
  const facts = { id, name: Spec.Name, labels: Spec.Labels };
  const content = formerContent(held, spec);
  return content === undefined ? facts : { ...facts, content };
}

/** More than people would read is not sent to be compared. */
const bytesMax = 64 * 1024;

/** Of a config of ours, of which the spec says something else now. */
function formerContent({ Spec: { Labels, Data = '' } }: Held, spec: AskHeld['spec']): string | undefined {
  const key = Labels[configLabel];
  if (key === undefined || spec === null || Labels[clusterLabel] !== spec.cluster) return undefined;
  const wanted = Object.entries(spec.configs ?? {}).find(([name]) => name === key)?.[1].content;
  if (wanted === undefined) return undefined;
  const content = Buffer.from(Data, 'base64');
  return content.length > bytesMax || content.toString() === wanted ? undefined : content.toString();
}
