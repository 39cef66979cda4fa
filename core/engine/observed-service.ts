import { z } from 'zod';
import type { ServiceFacts } from '../observation.ts';
import type { EngineJson } from '../step.ts';

const texts = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});
const attachments = z
  .array(z.looseObject({ Target: z.string(), Aliases: texts }))
  .nullish()
  .transform((list) => list ?? []);

const portSchema = z.looseObject({
  Protocol: z.string().default('tcp'),
  TargetPort: z.number(),
  /** 0 or absent: the swarm chose one, which the spec does not tell. */
  PublishedPort: z.number().default(0),
  PublishMode: z.string().default('ingress'),
});

/** The fields of an observed ServiceSpec that are compared; an absent one has the engine's default. */
const observedServiceSchema = z.looseObject({
  Labels: labels,
  TaskTemplate: z.looseObject({
    ContainerSpec: z
      .looseObject({
        Image: z.string().default(''),
        Command: texts,
        Args: texts,
        Env: texts,
        Hostname: z.string().default(''),
        User: z.string().default(''),
        Dir: z.string().default(''),
        Labels: labels,
      })
      .prefault({}),
    Placement: z
      .looseObject({ Constraints: texts })
      .nullish()
      .transform((placement) => placement ?? { Constraints: [] }),
    Networks: attachments,
  }),
  /** Where engines before 1.13 kept the networks, and some clients still do. */
  Networks: attachments,
  Mode: z
    .looseObject({
      Replicated: z.looseObject({ Replicas: z.number().default(1) }).optional(),
      Global: z.looseObject({}).optional(),
    })
    .prefault({}),
  EndpointSpec: z
    .looseObject({
      Mode: z.string().default('vip'),
      Ports: z
        .array(portSchema)
        .nullish()
        .transform((list) => list ?? []),
    })
    .nullish()
    .transform((endpoint) => endpoint ?? { Mode: 'vip', Ports: [] }),
});
export type ObservedService = z.infer<typeof observedServiceSchema>;

/** A ServiceSpec, observed or to be sent, or undefined when it is not understood. */
export function readServiceSpec(spec: EngineJson): ObservedService | undefined {
  const parsed = observedServiceSchema.safeParse(spec);
  return parsed.success ? parsed.data : undefined;
}

/** The service as the engine describes it, or undefined when the description is not understood. */
export const readService = (facts: ServiceFacts): ObservedService | undefined => readServiceSpec(facts.spec);

/** Its network attachments, wherever they are kept. */
export const networksOf = (service: ObservedService): { Target: string; Aliases: string[] }[] =>
  service.TaskTemplate.Networks.length > 0 ? service.TaskTemplate.Networks : service.Networks;

/** From the id of a network, as services name it, to its name; what is no id of these is a name already. */
export function networkNameOf(networks: readonly { id: string; name: string }[]): (target: string) => string {
  const names = new Map(networks.map(({ id, name }) => [id, name]));
  return (target) => names.get(target) ?? target;
}
