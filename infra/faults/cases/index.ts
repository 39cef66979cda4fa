import { accessCases } from './access.ts';
import { addressCases } from './addresses.ts';
import { hostCases } from './hosts.ts';
import { kernelCases } from './kernel.ts';
import { linkCases } from './links.ts';
import { portCases } from './ports.ts';
import { serviceCases } from './services.ts';
import { swarmCases } from './swarms.ts';
import type { FaultCase } from './types.ts';

/** Every case that is injected for real. */
export const cases: readonly FaultCase[] = [
  ...portCases,
  ...linkCases,
  ...addressCases,
  ...hostCases,
  ...accessCases,
  ...swarmCases,
  ...serviceCases,
  ...kernelCases,
];
