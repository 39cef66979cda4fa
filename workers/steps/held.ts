import type { HeldKind } from '#core/spec/held.ts';
import { type Held, listHeld } from '../docker/held.ts';
import type { StepContext } from './context.ts';

/** The secret or config of exactly this name, as a manager lists it. */
export async function findHeld(context: StepContext, kind: HeldKind, name: string): Promise<Held | undefined> {
  const list = await context.managers.ask((engine) => listHeld(engine, kind, { filters: { name: [name] } }));
  return list.find(({ Spec }) => Spec.Name === name);
}
