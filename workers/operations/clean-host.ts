import { listImages } from '../docker/images.ts';
import { deleteImage } from '../docker/images.ts';
import { removeLeftProbers } from '../checks/probe-container.ts';
import type { Ended, RunContext } from '../run-context.ts';

/** The repository of the probe image, whatever its content tag. */
const probeRepository = 'flotilla-probe';

/** Removes what verification leaves on a host: the probe image, and probe containers of a killed run. */
export async function runCleanHost(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'clean-host') throw new Error(`clean-host was asked to run ${request.kind}`);
  const engine = context.hosts.engine(request.host);
  const containers = await removeLeftProbers(engine);
  const tags = (await listImages(engine, { reference: [probeRepository] })).flatMap((image) => image.RepoTags ?? []);
  for (const tag of tags) await deleteImage(engine, tag, { force: true });
  const text = removedText([
    [containers, 'probe container'],
    [tags.length, 'probe image'],
  ]);
  context.reporter.report({ type: 'note', step: null, host: request.host, text });
  return { kind: 'ended', state: 'succeeded', error: null };
}

function removedText(removed: [number, string][]): string {
  const some = removed.filter(([count]) => count > 0);
  if (some.length === 0) return 'nothing of Flotilla was there to be removed';
  return `removed ${some.map(([count, what]) => `${count} ${what}${count === 1 ? '' : 's'}`).join(' and ')}`;
}
