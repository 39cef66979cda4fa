import { join } from 'node:path';
import { makeToken } from '#api/tokens.ts';
import { startLocalEdge } from './dev.ts';

/* `npm run edge:dev`: the edge on this machine. `npm run edge:token`: a token, to be put into a secret. */

const [command = 'dev', port = '8790'] = process.argv.slice(2);
if (command === 'token') console.log(makeToken().text);
else {
  const folder = join(import.meta.dirname, '../../.flotilla/edge');
  const edge = await startLocalEdge({ folder, port: Number(port), log: (text) => process.stderr.write(text) });
  console.log(`The edge is up at ${edge.url}. Its tokens are in ${join(folder, 'secrets.json')}. In other terminals:`);
  console.log(`  FLOTILLA_URL=${edge.url} FLOTILLA_TOKEN=<FLOTILLA_ADMIN_TOKEN of that file> flotilla whoami`);
  console.log(`  FLOTILLA_URL=${edge.url} FLOTILLA_WORKER_TOKEN=<FLOTILLA_WORKER_TOKEN of that file> flotilla worker`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void edge.stop());
}
