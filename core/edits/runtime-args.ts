import { z } from 'zod';
import type { SpecInput } from '../spec/spec.ts';
import { present } from './args.ts';

/* How a process runs, by the names that Docker's own flags have. The spec checks what they say. */

const mountForm = 'type=volume,source=data,target=/data';

export const runtimeArgs = {
  mount: z
    .array(z.string())
    .default([])
    .describe(`What is mounted, as ${mountForm}, with readonly at the end or without`),
  user: z.string().optional().describe('User that the process runs as'),
  workdir: z.string().optional().describe('Working directory'),
  hostname: z.string().optional().describe('Host name inside the container'),
  init: z.boolean().optional().describe('An init process that forwards signals and reaps'),
  read_only: z.boolean().optional().describe('Its own file system cannot be written'),
  stop_grace_period: z.string().optional().describe('Time to stop before it is killed, such as 30s'),
  health_cmd: z.string().optional().describe('Health check, for the shell'),
  health_interval: z.string().optional().describe('Time between checks, such as 10s'),
  health_timeout: z.string().optional().describe('Time that a check may take'),
  health_retries: z.int().optional().describe('Failures in a row that mean unhealthy'),
  health_start_period: z.string().optional().describe('Time at the start in which failures do not count'),
};
const schema = z.object(runtimeArgs);
type Given = z.output<typeof schema>;
type Runtime = NonNullable<SpecInput['services']>[string];

/** The keys of a service or container that the flags give, over those that it has. */
export const runtimeOf = (given: Given, before: Partial<Runtime> = {}): Partial<Runtime> => ({
  ...present({
    user: given.user,
    working_dir: given.workdir,
    hostname: given.hostname,
    init: given.init,
    read_only: given.read_only,
    stop_grace_period: given.stop_grace_period,
  }),
  ...(given.mount.length === 0 ? {} : { volumes: [...(before.volumes ?? []), ...given.mount.map(mountOf)] }),
  ...healthOf(given, before.healthcheck),
});

function healthOf(given: Given, before: Runtime['healthcheck']): Pick<Partial<Runtime>, 'healthcheck'> {
  const said = present({
    test: given.health_cmd,
    interval: given.health_interval,
    timeout: given.health_timeout,
    retries: given.health_retries,
    start_period: given.health_start_period,
  });
  if (Object.keys(said).length === 0) return {};
  const { disable: _disable, ...kept } = before ?? {};
  return { healthcheck: { ...kept, ...said } };
}

const names: Readonly<Record<string, string>> = {
  src: 'source',
  dst: 'target',
  destination: 'target',
  ro: 'read_only',
  readonly: 'read_only',
};

/**
 * `type=volume,source=data,target=/data,readonly` as the spec has it. The cast is safe: what it does not know is refused
 * with the whole spec, by name.
 */
function mountOf(text: string): NonNullable<Runtime['volumes']>[number] {
  const entries = text.split(',').map((part): [string, unknown] => {
    const [written = '', ...rest] = part.split('=');
    const name = names[written.trim()] ?? written.trim();
    const value = rest.join('=');
    return [name, name === 'read_only' ? value !== 'false' : value];
  });
  return { type: 'volume', ...Object.fromEntries(entries) } as NonNullable<Runtime['volumes']>[number];
}

/** The volumes of a spec, with those that are mounted and were not declared. */
export function withVolumes(volumes: SpecInput['volumes'], mounts: readonly string[]): Pick<SpecInput, 'volumes'> {
  const sources = mounts.map(mountOf).flatMap((mount) => {
    const { type, source }: { type?: unknown; source?: unknown } = typeof mount === 'string' ? {} : mount;
    return type === 'volume' && typeof source === 'string' && source !== '' ? [source] : [];
  });
  if (sources.length === 0) return {};
  return { volumes: { ...Object.fromEntries(sources.map((source) => [source, {}])), ...volumes } };
}
