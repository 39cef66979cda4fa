import { createClient, unwrap } from '#api/client.ts';
import { type Trace, traceOf } from '#test/canaries/canary.ts';
import type { Stage } from './stage.ts';

/** What the API tells of everything that was done. */
export async function answersOf({ url, adminToken = '' }: Stage['flotilla']): Promise<Trace[]> {
  const answers: Trace[] = [];
  const api = createClient({
    baseUrl: url,
    token: adminToken,
    fetch: async (request) => {
      const response = await fetch(request);
      answers.push(traceOf(`GET ${new URL(request.url).pathname}`, await response.clone().text()));
      return response;
    },
  });
  const { items } = await unwrap(api.v1.operations.$get({ query: { limit: '200' } }));
  for (const { id } of items) {
    await unwrap(api.v1.operations[':id'].$get({ param: { id }, query: {} }));
    await unwrap(api.v1.operations[':id'].events.$get({ param: { id }, query: {}, header: {} }));
  }
  await unwrap(api.v1.audit.$get({ query: { limit: '200' } }));
  await unwrap(api.v1.clusters[':cluster'].$get({ param: { cluster: 'demo' } }));
  await unwrap(api.v1.hosts.$get());
  return answers;
}
