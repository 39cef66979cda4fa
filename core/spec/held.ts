import { z } from 'zod';
import type { InputIssue } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { pointerOf } from '../pointer.ts';
import { nameSchema } from './names.ts';
import type { ServiceSpec } from './service.ts';

/* Secrets and configs that the swarm holds. They are made by hand: no value of one comes near Flotilla. */

export const heldKinds = ['secrets', 'configs'] as const;
export type HeldKind = (typeof heldKinds)[number];

/** At the top of a spec: that it is there. */
export const heldSchema = z.strictObject({ external: z.literal(true) });

/** The same in a Compose file, which may call it otherwise than the swarm. */
export const stackHeldSchema = heldSchema.extend({ name: nameSchema.optional() });

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

/** What a service is given must be declared at the top, as in Compose. */
export const checkGrants = (
  declared: Declared,
  services: Readonly<Record<string, Pick<ServiceSpec, HeldKind>>>,
): InputIssue[] =>
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
