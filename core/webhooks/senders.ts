import type { SourceKind } from './contract.ts';
import type { WebhookFacts } from './facts/facts.ts';
import { githubFacts } from './facts/github.ts';
import { dockerHubFacts, gitlabFacts, harborFacts, plainFacts } from './facts/others.ts';
import {
  checkGithub,
  checkShared,
  checkStandard,
  type Delivery,
  type Headers,
  type SignatureVerdict,
} from './signatures.ts';

/** How one kind of sender is understood. */
interface Sender {
  check: (delivery: Delivery, secrets: readonly string[]) => Promise<SignatureVerdict>;
  /** The id that he gives to a delivery and keeps when he sends it again; null where there is none. */
  idOf: (headers: Headers) => string | null;
  /** Null for an event that starts no work. */
  factsOf: (headers: Headers, payload: unknown) => WebhookFacts | null;
}

/** The first of these headers that has a word in it which can be an id. */
const header = (headers: Headers, ...names: string[]): string | null =>
  names.map((name) => headers[name]).find((value) => /^[\x21-\x7e]{1,200}$/.test(value ?? '')) ?? null;

/** Why a delivery without facts starts no work. */
export function whyNoWork(kind: SourceKind, headers: Headers): string {
  if (kind === 'standard')
    return 'the body says no `event`: a word such as deploy, in lower case letters, `_`, `.` and `-`';
  const event = header(headers, 'x-github-event') ?? headers['x-gitlab-event']?.slice(0, 50) ?? 'of this kind';
  return event === 'ping'
    ? 'GitHub’s ping: address and secret are right; it starts no work'
    : `an event ${event} starts no work`;
}

/** Docker Hub signs nothing: whoever knows the address may hint that a tag is new, and no more. */
const unsigned = (): Promise<SignatureVerdict> => Promise.resolve('good');

export const senders: Readonly<Record<SourceKind, Sender>> = {
  github: {
    check: checkGithub,
    idOf: (headers) => header(headers, 'x-github-delivery'),
    factsOf: (headers, payload) => githubFacts(headers['x-github-event'] ?? '', payload),
  },
  gitlab: {
    // A signing token makes signatures; the older secret token is sent as it is.
    check: (delivery, secrets) =>
      delivery.headers['webhook-signature'] === undefined
        ? checkShared(delivery.headers['x-gitlab-token'], secrets)
        : checkStandard(delivery, secrets),
    idOf: (headers) => header(headers, 'webhook-id', 'idempotency-key', 'x-gitlab-event-uuid'),
    factsOf: (_, payload) => gitlabFacts(payload),
  },
  standard: {
    check: checkStandard,
    idOf: (headers) => header(headers, 'webhook-id'),
    factsOf: (_, payload) => plainFacts(payload),
  },
  harbor: {
    check: ({ headers }, secrets) => checkShared(headers['authorization'], secrets),
    idOf: () => null,
    factsOf: (_, payload) => harborFacts(payload),
  },
  dockerhub: {
    check: unsigned,
    idOf: () => null,
    factsOf: (_, payload) => dockerHubFacts(payload),
  },
};

interface Refusal {
  message: string;
  next: string;
}

/** What a sender is told of a verdict that is not `good`. */
export const refusalOf = (kind: SourceKind, verdict: Exclude<SignatureVerdict, 'good'>): Refusal =>
  refusals[verdict](signedIn[kind]);

const signedIn: Readonly<Record<SourceKind, string>> = {
  github: 'X-Hub-Signature-256',
  gitlab: 'webhook-id, webhook-timestamp and webhook-signature, or X-Gitlab-Token',
  standard: 'webhook-id, webhook-timestamp and webhook-signature',
  harbor: 'Authorization',
  dockerhub: '',
};

const refusals: Readonly<Record<Exclude<SignatureVerdict, 'good'>, (headers: string) => Refusal>> = {
  missing: (headers) => ({
    message: `There is no signature in the request: ${headers}`,
    next: 'Give the sender the secret of this source; `flotilla webhooks roll` makes a new one.',
  }),
  'outside-window': () => ({
    message: 'The request was signed more than five minutes from now',
    next: 'Compare the clocks; `webhook-timestamp` counts seconds.',
  }),
  forged: () => ({
    message: 'The signature is not that of a live secret of this source',
    next: 'Compare the secret with that of the sender; `flotilla webhooks roll` makes a new one.',
  }),
};
