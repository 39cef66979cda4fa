import { containerConfig, hostConfig } from '#core/engine/container-settings.ts';
import { mountValues } from '#core/engine/mounts.ts';
import type { EngineJson, StepContainer } from '#core/step.ts';
import type { StepContext } from './context.ts';
import { ownLabels } from './labels.ts';

/** A network that a container is put on. */
export interface Attachment {
  name: string;
  /**
   * How the engine is told which: by its id. An engine that does not know the network yet takes a name like `a` for
   * the start of another one's id. The engine's own networks go by their names.
   */
  target: string;
  aliases: string[];
}

interface Created {
  body: EngineJson;
  /** Networks to connect to after creating: engines before 25 take only one at `POST /containers/create`. */
  more: Attachment[];
}

/** The body of `POST /containers/create` for a standalone container of the spec. */
export function containerBody(
  name: string,
  spec: StepContainer,
  attachments: readonly Attachment[],
  context: Pick<StepContext, 'cluster' | 'operation'>,
): Created {
  const [first, ...more] = attachments;
  const mounts = mountValues(spec, { cluster: context.cluster, volumes: spec.declared });
  const body = {
    Image: spec.image,
    ...(spec.command === undefined ? {} : { Cmd: spec.command }),
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: spec.entrypoint }),
    ...(spec.hostname === undefined ? {} : { Hostname: spec.hostname }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    ...(spec.working_dir === undefined ? {} : { WorkingDir: spec.working_dir }),
    Env: Object.entries(spec.environment).map(([key, value]) => `${key}=${value}`),
    Labels: { ...spec.labels, ...ownLabels(context) },
    ...containerConfig(spec),
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [`${port.target}/${port.protocol}`, {}])),
    HostConfig: {
      RestartPolicy: { Name: spec.restart },
      PortBindings: portBindings(spec),
      ...hostConfig(spec),
      ...(mounts === undefined ? {} : { Mounts: mounts }),
      ...(first === undefined ? {} : { NetworkMode: first.target }),
    },
    ...(first === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [first.target]: endpointOf(first.aliases) } } }),
  };
  return { body, more };
}

const endpointOf = (aliases: string[]): EngineJson => (aliases.length === 0 ? {} : { Aliases: aliases });

function portBindings(spec: StepContainer): Record<string, { HostPort: string }[]> {
  const bindings: Record<string, { HostPort: string }[]> = {};
  for (const port of spec.ports)
    (bindings[`${port.target}/${port.protocol}`] ??= []).push({ HostPort: String(port.published) });
  return bindings;
}
