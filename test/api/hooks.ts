import { unwrap } from '#api/client.ts';
import type { HookAnswer, MadeSource, SourceKind } from '#core/webhooks/contract.ts';
import { hookAnswerSchema } from '#core/webhooks/contract.ts';
import { hexOf } from '#core/audit/base64.ts';
import { hmac, utf8 } from '#core/hmac.ts';
import { standardSignature } from '#core/webhooks/signatures.ts';
import type { WebhookRule } from '#core/webhooks/rule.ts';
import type { World } from '#test/world.ts';
import { addHosts, apply, cluster, demoSpec, propose } from './demo.ts';
import { FakeWorker } from './fake-worker.ts';
import { bareHosts } from '#core/testing/observations.ts';

export const digest = (pair: string): string => `sha256:${pair.repeat(32)}`;

export const demoWithWeb = { ...demoSpec, services: { web: { image: 'acme/web:1', networks: ['net1'] } } };

/** The demo cluster with the service `web`, applied. */
export async function demoApplied({ admin, worker }: Pick<World, 'admin' | 'worker'>): Promise<void> {
  await addHosts(admin, 'h1', 'h2', 'h3');
  await propose(admin, demoWithWeb);
  await new FakeWorker(worker).run((await apply(admin)).id, bareHosts('h1', 'h2', 'h3'));
}

/** On an image of repository 7, this digest of it for `web`. */
export const imageRule: WebhookRule = {
  event: 'registry_package',
  action: 'published',
  repository: '7',
  cluster,
  command: 'service update web --image ghcr.io/acme/web@{digest}',
};

export const published = (pair = 'ab', more: object = {}): string =>
  JSON.stringify({
    action: 'published',
    repository: { id: 7, full_name: 'acme/web' },
    sender: { login: 'ann' },
    registry_package: {
      package_version: {
        package_url: 'ghcr.io/acme/web:1.2',
        container_metadata: { tag: { name: '1.2', digest: digest(pair) } },
      },
    },
    ...more,
  });

export const addSource = (
  world: Pick<World, 'admin'>,
  name: string,
  { kind = 'github', rules = [imageRule], secret }: { kind?: SourceKind; rules?: WebhookRule[]; secret?: string } = {},
): Promise<MadeSource> =>
  unwrap(world.admin.v1.webhooks.sources.$post({ json: { name, kind, rules, secret: secret ?? null } }));

export const signedByGithub = async (secret: string, body: string | Uint8Array<ArrayBuffer>): Promise<string> =>
  `sha256=${hexOf(await hmac(utf8(secret), typeof body === 'string' ? utf8(body) : body))}`;

let sent = 0;

/** Where to send, and with which secret. */
interface Sender {
  source: { path: string };
  secret: string | null;
}

interface Sending {
  event?: string;
  id?: string;
  headers?: Record<string, string>;
}

/** What GitHub sends. */
export async function fromGithub(
  { source, secret }: Sender,
  body: string,
  { event = 'registry_package', id, headers = {} }: Sending = {},
): Promise<Request> {
  sent += 1;
  return new Request(`http://flotilla.test${source.path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id ?? `delivery-${sent}`,
      'x-hub-signature-256': await signedByGithub(secret ?? '', body),
      ...headers,
    },
    body,
  });
}

/** What any CI sends that follows Standard Webhooks. */
export async function fromStandard(
  { source, secret }: Sender,
  body: string,
  { id = 'msg_1', atMs = Date.now() }: { id?: string; atMs?: number } = {},
): Promise<Request> {
  const timestamp = String(Math.floor(atMs / 1000));
  return new Request(`http://flotilla.test${source.path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': await standardSignature(secret ?? '', { id, timestamp, body }),
    },
    body,
  });
}

/** The answer of the app, which has to be a good one. */
export async function taken(world: World, request: Request): Promise<HookAnswer> {
  const response = await world.fetch(request);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return hookAnswerSchema.parse(await response.json());
}

/** Status, code, detail and next step of a refusal. */
export async function refused(world: World, request: Request) {
  const response = await world.fetch(request);
  const { code, detail, next }: Record<'code' | 'detail' | 'next', unknown> = Object(await response.json());
  return { status: response.status, code, detail, next };
}
