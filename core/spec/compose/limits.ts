import type { z } from 'zod';
import { cpusSchema, memorySchema, sizeSchema } from '../amounts.ts';
import { asItIs, becomes, type Fate, type Found, refused, type Rule } from './fate.ts';

/* Numbers that Compose has right below a service, and a swarm under `deploy`. */

/** No limit, as Compose writes it. */
const isNone = (value: unknown): boolean => value === 0 || value === '0';

const resources = ['deploy', 'resources'];

export const cpus: Rule = (value, found) =>
  isNone(value) ? asItIs : amount(value, found, { at: [...resources, 'limits', 'cpus'], schema: cpusSchema });

export const memLimit: Rule = (value, found) =>
  isNone(value) ? asItIs : amount(value, found, { at: [...resources, 'limits', 'memory'], schema: memorySchema });

export const memReservation: Rule = (value, found) =>
  isNone(value) ? asItIs : amount(value, found, { at: [...resources, 'reservations', 'memory'], schema: memorySchema });

/** 0 and -1 are no limit. */
export const pidsLimit: Rule = (value, found) =>
  isNone(value) || value === -1 || value === '-1' ? asItIs : whole(value, found, [...resources, 'limits', 'pids']);

export const scale: Rule = (value, found) => whole(value, found, ['deploy', 'replicas']);

interface Target {
  at: readonly string[];
  schema: z.ZodType<string>;
}

/** Written in one of several ways, of which those that mean the same are the same. */
function amount(value: unknown, found: Found, { at, schema }: Target): Fate {
  const read = schema.safeParse(value);
  if (!read.success) return refused(messageOf(read.error));
  return becomes(found, at, read.data, (there) => schema.safeParse(there).data === read.data);
}

/** From a variable it comes as text. */
function whole(value: unknown, found: Found, at: readonly string[]): Fate {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) return refused('must be a whole number');
  return becomes(found, at, number, (there) => Number(there) === number);
}

/** Memory that processes share is a mount of its own in a swarm. Nothing but its size differs from what is there anyway. */
export const shmSize: Rule = (value, { service }) => {
  const size = sizeSchema.safeParse(value);
  if (!size.success) return refused(messageOf(size.error));
  const { tmpfs = [] } = service;
  const there: unknown[] = Array.isArray(tmpfs) ? tmpfs : [tmpfs];
  const at = ['tmpfs', there.length];
  return { kind: 'becomes', service: { ...service, tmpfs: [...there, `/dev/shm:size=${size.data}`] }, at };
};

const messageOf = ({ issues }: z.ZodError): string => {
  const [first] = issues;
  return first?.code === 'custom' ? first.message : 'must be a size such as `512m`, or a number';
};
