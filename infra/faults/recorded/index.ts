import { recordedPreflights } from './preflight.ts';
import type { RecordedCase } from './types.ts';
import { recordedVerifications } from './verify.ts';

/** Every case that is told from recorded observations, because it cannot be injected here. */
export const recordedCases: readonly RecordedCase[] = [...recordedPreflights, ...recordedVerifications];
