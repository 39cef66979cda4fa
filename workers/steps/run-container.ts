import { AppError } from '#core/errors.ts';
import { operationLabel } from '#core/spec/names.ts';
import type { ContainerFacts } from '#core/observation.ts';
import type { Outcome, StepContainer, StepOfKind } from '#core/step.ts';
import { connectNetwork } from '../docker/networks.ts';
import { createContainer, listContainers, startContainer } from '../docker/containers.ts';
import type { EngineClient } from '../docker/engine.ts';
import { inspectImage, pullImage } from '../docker/images.ts';
import { isRefusal, orNullOn404 } from '../docker/refusal.ts';
import { containerFacts } from '../observe/facts.ts';
import { waitFor } from '../wait-for.ts';
import { type Attachment, containerBody } from './container-body.ts';
import { confirmRuns, stillRuns } from './confirm-container.ts';
import type { StepContext } from './context.ts';
import { findNetwork, notOurs } from './create-network.ts';
import { deleteContainer } from './delete-container.ts';
import { isOurs } from './labels.ts';
import { failed } from './outcomes.ts';

/** Pull when missing, create, connect, start; a container of ours that is stopped is started. */
export async function runContainer(step: StepOfKind<'run-container'>, context: StepContext): Promise<Outcome> {
  const { container, spec } = step.args;
  const engine = context.hosts.engine(step.host ?? '');
  const before = await findContainer(engine, container);
  if (before !== undefined && !isOurs(before.labels, context)) return notOurs('container', container);
  if (before?.state === 'running') return stillRuns(engine, { name: container, id: before.id, spec });
  return start(context, engine, { name: container, spec, existing: before });
}

/** Removes the old container and runs the new one; the operation's label tells the new from the old. */
export async function replaceContainer(step: StepOfKind<'replace-container'>, context: StepContext): Promise<Outcome> {
  const { container, id, spec } = step.args;
  const engine = context.hosts.engine(step.host ?? '');
  await ensureImage(context, engine, spec.image);
  const before = await findContainer(engine, container);
  if (before !== undefined && !isOurs(before.labels, context)) return notOurs('container', container);
  const isNew = before !== undefined && before.labels[operationLabel] === context.operation;
  if (isNew && before.state === 'running') return stillRuns(engine, { name: container, id: before.id, spec });
  if (before !== undefined && !isNew) {
    if (before.id !== id) {
      return failed('conflict', `The container ${container} was made anew by somebody else since the plan.`, {
        next: 'Plan and apply again.',
      });
    }
    if (!(await deleteContainer(engine, id))) {
      return failed('step_failed', `The old container ${container} is still there.`, { next: 'Retry.' });
    }
  }
  try {
    return await start(context, engine, { name: container, spec, existing: isNew ? before : undefined });
  } catch (error) {
    throw withoutOld(container, error);
  }
}

/** A refusal of the new container does not say that the old one is gone. */
function withoutOld(container: string, error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { code, message, host, next } = error;
  return new AppError(code, message, {
    ...(host === undefined ? {} : { host }),
    ...(next === undefined ? {} : { next }),
    done: `The old container ${container} is removed, and the new one does not run.`,
  });
}

interface Start {
  name: string;
  spec: StepContainer;
  existing: ContainerFacts | undefined;
}

async function start(context: StepContext, engine: EngineClient, wanted: Start): Promise<Outcome> {
  const { name, spec, existing } = wanted;
  const { body, more } = containerBody(name, spec, await attachmentsOf(name, spec, context), context);
  let id = existing?.id;
  if (id === undefined) {
    await ensureImage(context, engine, spec.image);
    id = (await createContainer(engine, body, { name })).id;
  }
  const attached = new Set(existing?.networks);
  for (const { name: network, target, aliases } of more) {
    // One that was not started since it was connected may go by the network's id still.
    if (!attached.has(network) && !attached.has(target))
      await connectNetwork(engine, target, { container: id, endpointConfig: { Aliases: aliases } });
  }
  await startOnNetworks(engine, id);
  return confirmRuns(engine, { name, id, spec });
}

/**
 * A host that just lost the last task of an overlay forgets that network, and may refuse to start with
 * `network … not found` while the swarm tells it again. That passes.
 */
async function startOnNetworks(engine: EngineClient, id: string): Promise<void> {
  let refusal: unknown;
  const started = await waitFor(
    async () => {
      try {
        await startContainer(engine, id);
        return true;
      } catch (error) {
        if (!isRefusal(error) || !/\bnetwork \S+ not found/.test(error.engineMessage)) throw error;
        refusal = error;
        return undefined;
      }
    },
    { limitMs: 10_000, firstMs: 100 },
  );
  if (started === undefined) throw refusal;
}

/** Networks of the engine itself: they know no aliases. */
const builtIn = new Set(['bridge', 'host', 'none']);

function attachmentsOf(container: string, spec: StepContainer, context: StepContext): Promise<Attachment[]> {
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

/** The container of exactly this name on one host; swarm tasks are not looked at. */
export async function findContainer(engine: EngineClient, name: string): Promise<ContainerFacts | undefined> {
  const list = await listContainers(engine, { all: true, filters: { name: [name] } });
  return containerFacts(list).find((container) => container.name === name);
}
