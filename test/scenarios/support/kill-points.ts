/** Where a worker can be killed around a step. */
export const phases = [
  'before the call',
  'with the call sent',
  'before the answer is read',
  'before the report',
] as const;
export type Phase = (typeof phases)[number];
