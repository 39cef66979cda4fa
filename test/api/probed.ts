import { unwrap } from '#api/client.ts';
import type { HostKey } from '#core/host.ts';
import { hostFacts } from '#core/testing/observations.ts';
import { admin, worker } from './the-world.ts';

/** A host of the world of the test that a worker has met: it showed the key, which is pinned, and told its facts. */
export async function probed(name: string, key: HostKey): Promise<void> {
  const { id } = await unwrap(admin.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }));
  await worker.take(id);
  const facts = hostFacts(name);
  await worker.tell({ type: 'host-key', host: name, key }, { type: 'host-facts', host: name, facts });
  await worker.end();
}
