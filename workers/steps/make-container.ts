import { AppError } from '#core/errors.ts';
import type { ContainerFacts } from '#core/observation.ts';
import type { StepContainer } from '#core/step.ts';
import { createContainer } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { inspectImage, pullImage } from '../docker/images.ts';
import { connectNetwork } from '../docker/networks.ts';
import { orNullOn404 } from '../docker/refusal.ts';
import { type Attachment, containerBody } from './container-body.ts';
import type { StepContext } from './context.ts';
import { findNetwork } from './find-network.ts';

interface Making {
  context: StepContext;
  engine: EngineClient;
  /** Its name in the spec, by which it is found on its networks. */
  name: string;
  spec: StepContainer;
}

/** Pull when missing, create, connect; gives its id. It is not started. */
export async function makeContainer(making: Making, as = making.name): Promise<string> {
  const { context, engine, name, spec } = making;
  const { body, more } = containerBody(name, spec, await attachmentsOf(making), context);
  await ensureImage(context, engine, spec.image);
  const { id } = await createContainer(engine, body, { name: as });
  await connect(engine, id, more);
  return id;
}

/** Puts one that was made on those of its networks that it is not on, as after a run that was cut off. */
export async function completeContainer(making: Making, { id, networks }: ContainerFacts): Promise<void> {
  const { more } = containerBody(making.name, making.spec, await attachmentsOf(making), making.context);
  // One that was not started since it was connected may go by the network's id still.
  const isMissing = ({ name, target }: Attachment): boolean => !networks.includes(name) && !networks.includes(target);
  await connect(making.engine, id, more.filter(isMissing));
}

async function connect(engine: EngineClient, id: string, attachments: readonly Attachment[]): Promise<void> {
  for (const { target, aliases } of attachments)
    await connectNetwork(engine, target, { container: id, endpointConfig: { Aliases: aliases } });
}

/** Networks of the engine itself: they know no aliases. */
const builtIn = new Set(['bridge', 'host', 'none']);

function attachmentsOf({ context, name: container, spec }: Making): Promise<Attachment[]> {
  return Promise.all(
    Object.entries(spec.networks).map(async ([name, { aliases }]) => {
      if (builtIn.has(name)) return { name, target: name, aliases: [] };
      const network = await findNetwork(context, name);
      if (network === undefined) throw noNetwork(container, name);
      return { name, target: network.id, aliases: [container, ...aliases] };
    }),
  );
}

const noNetwork = (container: string, network: string): AppError =>
  new AppError('not_found', `The swarm has no network ${network} to put the container ${container} on.`, {
    next: 'Somebody removed it; plan and apply again.',
  });

async function ensureImage({ hosts }: StepContext, engine: EngineClient, image: string): Promise<void> {
  if ((await orNullOn404(inspectImage(engine, image))) !== null) return;
  await pullImage(engine, image, { registryAuth: await hosts.registryAuth(image) });
}
