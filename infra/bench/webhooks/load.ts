import { parseArgs } from 'node:util';
import { request } from 'undici';
import { standardSignature } from '#core/webhooks/signatures.ts';
import { hmacSha256 } from '#db/sha256-node.ts';
import { load } from '../tools/load.ts';

/* Load from a process of its own: signed webhooks, each another one, over many connections; prints what came of it. */

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    secret: { type: 'string', default: '' },
    event: { type: 'string', default: '' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '3' },
  },
});

await load(values, async (dispatcher, begun) => {
  const id = crypto.randomUUID();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = `sha256:${'ab'.repeat(32)}`;
  const body = JSON.stringify({ event: values.event, repository: 'acme/web', digest, person: 'ann', run: id });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': await standardSignature(values.secret, { id, timestamp, body }, hmacSha256),
  };
  begun();
  const { statusCode, body: answer } = await request(values.url, { method: 'POST', dispatcher, headers, body });
  await answer.dump();
  return statusCode;
});
