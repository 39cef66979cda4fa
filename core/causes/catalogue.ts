import { addressCauses } from './addresses.ts';
import type { CauseText } from './cause.ts';
import { engineCauses } from './engine.ts';
import { hostCauses } from './host.ts';
import { kernelCauses } from './kernel.ts';
import { serviceCauses } from './services.ts';
import { sshCauses } from './ssh.ts';
import { swarmCauses } from './swarm.ts';
import { underlayCauses } from './underlay.ts';

const catalogue = {
  ...sshCauses,
  ...engineCauses,
  ...kernelCauses,
  ...hostCauses,
  ...addressCauses,
  ...underlayCauses,
  ...swarmCauses,
  ...serviceCauses,
} satisfies Record<string, CauseText>;

/** Id of a cause: stable, documented, the same in findings, reports and the names of the pages. */
export type CauseId = keyof typeof catalogue;

/** One entry of the catalogue. */
export interface Cause extends CauseText {
  id: CauseId;
}

export const causeOf = (id: CauseId): Cause => ({ id, ...catalogue[id] });

export const isCauseId = (id: string): id is CauseId => Object.hasOwn(catalogue, id);

/** Every cause, in the order of the layers. */
export const allCauses = (): Cause[] => Object.keys(catalogue).filter(isCauseId).map(causeOf);
