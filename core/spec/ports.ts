import { z } from 'zod';

const portNumber = z.number().int().min(1).max(65535);

/** A published port, resolved from Compose's short form (`8080:80/udp`) or long form. */
export const portSchema = z.object({
  target: portNumber,
  published: portNumber,
  protocol: z.enum(['tcp', 'udp']),
  /** `ingress` is the routing mesh; `host` binds on each node that runs a task. Absent means: Flotilla decides. */
  mode: z.enum(['ingress', 'host']).optional(),
});
export type Port = z.infer<typeof portSchema>;

const shortPort = /^(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/;

function wrongForm(text: string): string {
  const [, alone] = /^(\d+)(?:\/\w+)?$/.exec(text) ?? [];
  if (alone !== undefined) return `says no port of the hosts; write \`${alone}:${text}\`, or another one in front`;
  const [, address] = /^(\[.+\]|[\d.]+):[^:]*:[^:]+$/.exec(text) ?? [];
  return address === undefined
    ? 'write `published:target` or `published:target/udp`; ranges and addresses are not accepted'
    : `would not be on ${address} alone: ports are published on all addresses of a host. Leave the address out where that is meant`;
}

const shortPortSchema = z
  .string()
  .regex(shortPort, { error: ({ input }) => wrongForm(String(input)) })
  .transform((text) => {
    const [, published, target, protocol] = shortPort.exec(text) ?? [];
    return {
      target: Number(target),
      published: Number(published),
      protocol: protocol === 'udp' ? ('udp' as const) : ('tcp' as const),
    };
  })
  .pipe(portSchema);

const longPortSchema = z
  .strictObject({
    target: portNumber,
    published: z.union([
      portNumber,
      z
        .string()
        .regex(/^\d{1,5}$/)
        .transform(Number),
    ]),
    protocol: z.enum(['tcp', 'udp']).default('tcp'),
    mode: z.enum(['ingress', 'host']).optional(),
  })
  .pipe(portSchema);

/** `ports:` of Compose, both forms. */
export const portsSchema = z.array(z.union([shortPortSchema, longPortSchema]));
