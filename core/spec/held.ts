import { z } from 'zod';
import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import { labelsSchema, nameSchema } from './names.ts';

/* Secrets and configs of the swarm, and what services are given of them. */

export const heldKinds = ['secrets', 'configs'] as const;
export type HeldKind = (typeof heldKinds)[number];

/** What one of a kind is called. */
export const heldWords = { secrets: 'secret', configs: 'config' } as const satisfies Record<HeldKind, string>;

/** Every engine takes less than this many bytes in one; those from 20.10.13 on take twice as many in a config. */
export const heldBytesEnd = 500 * 1024;

/** A secret at the top of a spec: that it is there, or that the worker makes it of what it has. Never what it says. */
export const secretSchema = z.strictObject({
  external: z.literal(true).optional(),
  from: z.literal('worker').optional(),
  labels: labelsSchema.optional(),
});
export type SecretSpec = z.infer<typeof secretSchema>;

/** What a spec says of either kind, as far as it matters where both are looked at. */
export interface HeldSpec {
  external?: true | undefined;
  labels?: Record<string, string> | undefined;
}

/** The kinds of which a spec has some made, others than those that are there already. */
export const madeKinds = (spec: Partial<Record<HeldKind, Record<string, HeldSpec> | undefined>>): HeldKind[] =>
  heldKinds.filter((kind) => Object.values(spec[kind] ?? {}).some(({ external }) => external !== true));

/** The same in a Compose file, which may call it otherwise than the swarm. */
export const stackSecretSchema = secretSchema.extend({ name: nameSchema.optional() });

const id = z.union([z.string().regex(/^\d+$/, 'is the number of a user or group'), z.int().min(0)]).transform(String);

/** A file that a service is given: by its name, or with where it is put and who may read it. */
export const grantSchema = z.union([
  nameSchema.transform((source): Grant => ({ source })),
  z.strictObject({
    source: nameSchema,
    /** Absent: for a secret `/run/secrets/<source>`, for a config `/<source>`. */
    target: z.string().min(1).optional(),
    uid: id.optional(),
    gid: id.optional(),
    /** As text, since YAML reads 0440 as four hundred and forty. */
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, "must be octal digits, such as '0440'")
      .optional(),
  }),
]);
interface Grant {
  source: string;
  target?: string | undefined;
  uid?: string | undefined;
  gid?: string | undefined;
  mode?: string | undefined;
}

type Declared = Readonly<Partial<Record<HeldKind, Record<string, unknown> | undefined>>>;
type Granted = Readonly<Partial<Record<HeldKind, readonly Grant[] | undefined>>>;

/** Who makes a secret is always said: of one that nobody makes a plan would be refused much later. */
export const checkSecrets = ({ secrets = {} }: { secrets?: Record<string, SecretSpec> | undefined }): InputIssue[] =>
  Object.entries(secrets).flatMap(([name, secret]) =>
    checkMaker(['secrets', name], secret, {
      isMade: secret.from !== undefined,
      either: 'made `from: worker`, which has its value,',
    }),
  );

/** One is either made with the rest, or there already, and then nothing else is said of it. */
export function checkMaker(
  path: readonly [HeldKind, string],
  { external, labels }: HeldSpec,
  { isMade, either }: { isMade: boolean; either: string },
): InputIssue[] {
  if ((external === true) === isMade)
    return [{ pointer: pointerOf(path), message: `is either ${either} or there already: \`external: true\`` }];
  return external && labels !== undefined
    ? [{ pointer: pointerOf([...path, 'labels']), message: 'does not go with `external: true`' }]
    : [];
}

/** What a service is given must be declared at the top, as in Compose. */
export const checkGrants = (declared: Declared, services: Readonly<Record<string, Granted>>): InputIssue[] =>
  Object.entries(services).flatMap(([name, service]) =>
    heldKinds.flatMap((kind) => {
      const known = declared[kind] ?? {};
      return (service[kind] ?? []).flatMap(({ source }, index) =>
        Object.hasOwn(known, source)
          ? []
          : [
              {
                pointer: pointerOf(['services', name, kind, index]),
                message: `\`${source}\` is not among the \`${kind}\` at the top${didYouMean(source, Object.keys(known)) || `: write \`${kind}: { ${source}: { external: true } }\``}`,
              },
            ],
      );
    }),
  );
