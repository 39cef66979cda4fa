/** What may be wrong with the record; each has its own exit code of `flotilla audit verify`. */
const faults = {
  edited: { exit: 10, text: 'An event was edited' },
  gap: { exit: 11, text: 'Events are missing' },
  reorder: { exit: 11, text: 'Events are not in their order' },
  cut: { exit: 12, text: 'The end was cut off' },
  'bad-signature': { exit: 13, text: 'A checkpoint is not signed as it should be' },
  rewritten: { exit: 14, text: 'The record is not the one that was signed' },
  'triggers-missing': { exit: 15, text: 'The triggers that keep events as they are are not there' },
  mismatch: { exit: 16, text: 'The record and what it tells of do not agree' },
  'unsigned-tail': { exit: 17, text: 'Whole, but the last events are not covered by a checkpoint' },
} as const;

export type RecordFaultKind = keyof typeof faults;
export const recordFaultKinds = [
  'edited',
  'gap',
  'reorder',
  'cut',
  'bad-signature',
  'rewritten',
] as const satisfies readonly RecordFaultKind[];
export const allFaultKinds = [
  ...recordFaultKinds,
  'triggers-missing',
  'mismatch',
  'unsigned-tail',
] as const satisfies readonly RecordFaultKind[];

/** Exit code of `flotilla audit verify`, 10 to 17. */
export const exitCodeOfFault = (kind: RecordFaultKind): number => faults[kind].exit;

/** One sentence, without the details. */
export const textOfFault = (kind: RecordFaultKind): string => faults[kind].text;

/** One thing that does not fit. */
export interface RecordFault {
  kind: RecordFaultKind;
  /** The first event that does not fit; null where no single one can be named. */
  sequence: number | null;
  reason: string;
}
