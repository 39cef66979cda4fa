import { expect, test } from 'vitest';
import type { Hosts } from '../hosts.ts';
import { engineThat } from '../testing/local-engine.ts';
import { askHosts } from './endpoints.ts';

const container = { Id: 'c1', Names: ['/guest'], Image: 'nginx', State: 'running', Labels: {} };

test('a host that tells its containers was seen, also while its manager without a leader tells no networks', async () => {
  await using engine = await engineThat((request, response) => {
    const isContainers = request.url?.includes('/containers/json') === true;
    response.statusCode = isContainers ? 200 : 503;
    response.end(
      JSON.stringify(isContainers ? [container] : { message: 'rpc error: The swarm does not have a leader' }),
    );
  });
  const hosts = { engine: () => engine } as unknown as Hosts;
  const [seen] = await askHosts({ hosts, nodes: new Map([['h1', 'n1']]) });
  expect(seen).toMatchObject({ host: 'h1', containers: { known: true, value: [{ Id: 'c1' }] }, networks: [] });
});
