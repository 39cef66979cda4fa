import { parseArgs } from 'node:util';
import { request } from 'undici';
import { load } from '../tools/load.ts';

/* Load from a process of its own: asks one address over many connections for a while, and prints what came of it. */

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    token: { type: 'string', default: '' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '3' },
  },
});

await load(values, async (dispatcher, begun) => {
  begun();
  const { statusCode, body } = await request(values.url, {
    method: 'POST',
    dispatcher,
    headers: {
      authorization: `Bearer ${values.token}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: '{}',
  });
  await body.dump();
  return statusCode;
});
