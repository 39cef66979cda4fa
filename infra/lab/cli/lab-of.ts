import { openLab } from '../lab.ts';
import { LabRefusal } from '../types.ts';
import type { Lab } from '../types.ts';

/** The option that every verb has. */
export const withId = { id: { type: 'string', default: 'default' } } as const;

/** The lab of that id; a refusal when it is not up. */
export async function labOf(id: string): Promise<Lab> {
  const lab = await openLab(id);
  if (lab !== undefined) return lab;
  throw new LabRefusal(`Lab ${id} is not up: npm run lab -- up 3${id === 'default' ? '' : ` --id ${id}`} makes it.`);
}
