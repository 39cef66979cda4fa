import { heldNames } from '#core/engine/held-fields.ts';
import { withValueAt } from '#core/engine/service-field.ts';
import { AppError } from '#core/errors.ts';
import { mapsIn, valueAt } from '#core/map.ts';
import { type HeldKind, heldKinds, heldWords } from '#core/spec/held.ts';
import type { EngineJson } from '#core/step.ts';
import type { EngineClient } from '../docker/engine.ts';
import { listHeld } from '../docker/held.ts';

/** A service's body with the ids of the secrets and configs that it names. @throws AppError `not_found` */
export async function withHeldIds(engine: EngineClient, body: EngineJson): Promise<EngineJson> {
  let whole = body;
  for (const kind of heldKinds) whole = await withIds(engine, kind, whole);
  return whole;
}

async function withIds(engine: EngineClient, kind: HeldKind, body: EngineJson): Promise<EngineJson> {
  const { list, name, id } = heldNames[kind];
  const at = ['TaskTemplate', 'ContainerSpec', list];
  const grants = mapsIn(valueAt(body, at));
  if (grants.length === 0) return body;
  const names = [...new Set(grants.map((grant) => String(grant[name])))];
  const held = await listHeld(engine, kind, { filters: { name: names } });
  const found = grants.map((grant) => {
    const one = held.find(({ Spec }) => Spec.Name === grant[name]);
    if (one === undefined) throw gone(kind, String(grant[name]));
    return { ...grant, [id]: one.ID };
  });
  return withValueAt(body, at, found);
}

const gone = (kind: HeldKind, name: string): AppError =>
  new AppError('not_found', `The swarm does not hold ${name} among its ${kind} any more.`, {
    done: 'The service was left as it is.',
    next: `Apply again: what the spec makes is made anew. One from outside is made with \`docker ${heldWords[kind]} create\` on a manager.`,
  });
