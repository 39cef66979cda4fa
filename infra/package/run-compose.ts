import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const serviceSchema = z.object({
  image: z.string(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()).min(1),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
});
const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
});

/** What a Compose file asks for, with its variables replaced. */
export function composeOf(file: string, variables: Record<string, string>): z.infer<typeof composeSchema> {
  const text = readFileSync(file, 'utf8').replace(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, fallback: string) => variables[name] ?? fallback,
  );
  return composeSchema.parse(parse(text));
}

/** Runs a Compose file with nothing but the engine's own client: Debian's has no Compose in it. */
export async function runCompose(
  { services, networks }: z.infer<typeof composeSchema>,
  docker: (args: string[]) => Promise<string>,
): Promise<void> {
  for (const [name, { internal }] of Object.entries(networks))
    await docker(['network', 'create', ...(internal ? ['--internal'] : []), name]);
  for (const [name, service] of Object.entries(services)) {
    const [first = '', ...others] = service.networks;
    const { test } = service.healthcheck ?? {};
    await docker([
      'create',
      '--name',
      name,
      '--network',
      first,
      '--network-alias',
      name,
      '--restart',
      'on-failure',
      ...Object.entries(service.environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
      ...service.volumes.flatMap((volume) => ['--volume', volume]),
      ...service.ports.flatMap((port) => ['--publish', port]),
      ...(test === undefined ? [] : ['--health-cmd', test.slice(1).join(' '), '--health-interval', '2s']),
      service.image,
      ...service.command,
    ]);
    for (const network of others) await docker(['network', 'connect', '--alias', name, network, name]);
    await docker(['start', name]);
  }
}
