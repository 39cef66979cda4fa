import { z } from 'zod';
import { ipSchema } from '../net/cidr.ts';
import { durationSchema, nanosecondsOf } from './duration.ts';
import { healthcheckSchema } from './healthcheck.ts';
import { pairOf, scalarSchema } from './scalars.ts';

/** One text, or a list of them. */
const oneOrMore = <T extends z.ZodType<string, string>>(item: T) =>
  z.union([z.array(item), item.transform((text) => [text])]);

const capabilitySchema = z
  .string()
  .regex(/^[A-Za-z_]+$/, 'is not a capability such as `NET_ADMIN`')
  .transform((text) => text.toUpperCase().replace(/^CAP_/, ''));

/** A map, or a list of `name=value`. */
const pairsSchema = z.union([
  z.record(z.string().min(1), scalarSchema),
  z
    .array(z.string().regex(/^[^=]+=/, 'write `name=value`'))
    .transform((lines) => Object.fromEntries(lines.map(pairOf))),
]);

const ulimit = z.number().int().min(-1);
const ulimitSchema = z.union([
  ulimit.transform((both) => ({ soft: both, hard: both })),
  z.strictObject({ soft: ulimit, hard: ulimit }),
]);

/** `host-gateway` is what the engine writes there: the address of the host itself. */
const hostAddress = z.union([
  z.literal('host-gateway'),
  z
    .string()
    .transform((text) => text.replace(/^\[(.*)\]$/, '$1'))
    .pipe(ipSchema),
]);
const hostLine = /^([^\s:=]+)[:=](\S+)$/;

/** A map of names to addresses, or a list of `name:address` or `name=address`. */
const extraHostsSchema = z.union([
  z.record(
    z.string().regex(/^[^\s:=]+$/, 'is not a host name'),
    z.union([z.array(hostAddress), hostAddress.transform((one) => [one])]),
  ),
  z
    .array(z.string().regex(hostLine, 'write `name=address`'))
    .transform((lines) => grouped(lines.map((line) => hostLine.exec(line) ?? [])))
    .pipe(z.record(z.string(), z.array(hostAddress))),
]);

function grouped(matches: (string | undefined)[][]): Record<string, string[]> {
  const byName = Map.groupBy(matches, ([, name = '']) => name);
  return Object.fromEntries(
    [...byName].map(([name, lines]) => [name, lines.map(([, , address = '']) => address)] as const),
  );
}

const isAwaited = (text: string): boolean => nanosecondsOf(text) <= 300e9;

/** How the process of a service's task or of a container runs: keys that may be left out, and then nothing is asked. */
export const runtimeKeys = {
  healthcheck: healthcheckSchema.optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tty: z.boolean().optional(),
  stdin_open: z.boolean().optional(),
  stop_grace_period: durationSchema
    .refine(isAwaited, 'must be at most 5m: the step that stops it waits so long')
    .optional(),
  stop_signal: z
    .string()
    .regex(/^[A-Z0-9+-]+$/, 'is not a signal such as `SIGINT`')
    .optional(),
  cap_add: z.array(capabilitySchema).optional(),
  cap_drop: z.array(capabilitySchema).optional(),
  sysctls: pairsSchema.optional(),
  ulimits: z.record(z.string().min(1), ulimitSchema).optional(),
  extra_hosts: extraHostsSchema.optional(),
  dns: oneOrMore(ipSchema).optional(),
  dns_search: oneOrMore(z.string().min(1)).optional(),
  dns_opt: z.array(z.string().min(1)).optional(),
  group_add: z.array(z.union([z.string().min(1), z.number().int().min(0).transform(String)])).optional(),
  /** Options may hold the token of a log server: they are masked, as the environment is. */
  logging: z
    .strictObject({
      driver: z.string().min(1).optional(),
      options: z.record(z.string().min(1), scalarSchema).optional(),
    })
    .optional(),
};

const runtimeSchema = z.object(runtimeKeys);
/** These keys as a parsed spec has them. */
export type Runtime = z.infer<typeof runtimeSchema>;
