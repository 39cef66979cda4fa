import { z } from 'zod';
import type { Step, StepContainer } from '../step.ts';
import { keysSaid } from './service-fields.ts';

/** With one of these a process can act on the host itself: load code into its kernel, read all of its files, set its clock. */
const overTheHost = new Set([
  'ALL',
  'BPF',
  'DAC_READ_SEARCH',
  'MAC_ADMIN',
  'MAC_OVERRIDE',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_MODULE',
  'SYS_PTRACE',
  'SYS_RAWIO',
  'SYS_TIME',
]);
const overItsNetwork = new Set(['NET_ADMIN', 'NET_RAW']);

/** What a step gives a service or container of the host itself, in words: `capability SYS_ADMIN`. Empty for most. */
export function hostAccess(step: Step): string[] {
  switch (step.kind) {
    case 'create-service':
    case 'update-service':
      return serviceAccess(step.args.spec);
    case 'run-container':
    case 'replace-container':
      return containerAccess(step.args.spec);
    default:
      return [];
  }
}

const bodySchema = z.looseObject({
  TaskTemplate: z.looseObject({
    ContainerSpec: z.looseObject({
      CapabilityAdd: z.array(z.string()).nullish(),
      Mounts: z.array(z.looseObject({ Type: z.string(), Source: z.string().default('') })).nullish(),
    }),
  }),
});

/** What others gave the service is not ours to judge. */
export function serviceAccess(body: Record<string, unknown>): string[] {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return [];
  const { CapabilityAdd, Mounts } = parsed.data.TaskTemplate.ContainerSpec;
  const said = keysSaid(body);
  return [
    ...(said.has('cap_add') ? capabilities(CapabilityAdd ?? [], overTheHost) : []),
    ...(said.has('volumes')
      ? (Mounts ?? []).flatMap(({ Type, Source }) => (Type === 'bind' ? hostFiles(Source) : []))
      : []),
  ];
}

export function containerAccess({ cap_add = [], volumes = [], networks }: StepContainer): string[] {
  const isOnHost = Object.hasOwn(networks, 'host');
  return [
    ...capabilities(cap_add, isOnHost ? new Set([...overTheHost, ...overItsNetwork]) : overTheHost),
    ...volumes.flatMap((mount) => (mount.type === 'bind' ? hostFiles(mount.source) : [])),
  ];
}

const hostFiles = (path: string): string => `host files ${path}`;

const capabilities = (names: readonly string[], among: ReadonlySet<string>): string[] =>
  names
    .map((name) => name.replace(/^CAP_/, ''))
    .filter((name) => among.has(name))
    .map((name) => `capability ${name}`);
