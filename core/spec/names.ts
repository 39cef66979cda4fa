import { z } from 'zod';
import { pairOf, scalarSchema } from './scalars.ts';

/** Names of clusters, hosts, networks, services, containers and stacks: a DNS label, with `_` and `.` inside. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/, 'use 1 to 63 letters, digits, `-`, `_` or `.`');

/**
 * Labels as Docker has them: text to text. Compose also allows numbers and booleans, which become text, and a list of
 * `name=value`, where a name alone has an empty value.
 */
export const labelsSchema = z.union([
  z.record(z.string().min(1), scalarSchema),
  z
    .array(z.string().regex(/^[^=]/, 'write `name=value`'))
    .transform((lines) => Object.fromEntries(lines.map((line) => pairOf(line.includes('=') ? line : `${line}=`)))),
]);

/** The prefix of labels that Flotilla itself writes; a spec may not use it. */
export const ownLabelPrefix = 'io.flotilla.';
export const clusterLabel = 'io.flotilla.cluster';
export const operationLabel = 'io.flotilla.operation';
/** On a config: which one of the spec it was made for. */
export const configLabel = `${ownLabelPrefix}config`;
/** On a secret that we made: its name in the spec. */
export const secretLabel = `${ownLabelPrefix}secret`;
/** On the swarm: how often the join token of a role was rotated by us. */
export const tokenLabel = (role: 'manager' | 'worker'): string => `${ownLabelPrefix}token.${role}`;
