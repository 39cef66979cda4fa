import type { App, Receiver } from '@slack/bolt';
import { type Hmac, sha256Hex, utf8 } from '#core/hmac.ts';
import { textAt } from '#core/member.ts';
import { faultText } from '#core/log.ts';
import { acknowledgement } from './acknowledgement.ts';
import { type Envelope, envelopeOf } from './envelope.ts';
import { parsePayload, type Payload } from './payload.ts';
import { checkSignature, type SignatureVerdict } from './signature.ts';

export interface ReceiverDeps {
  /** Live signing secrets; two while one is rolled. */
  signingSecrets: readonly string[];
  /** The only workspaces that are served; null while it is not known which. */
  teams: () => Promise<readonly string[] | null>;
  nowMs: () => number;
  /** The runtime's own, where it has one. */
  hmac?: Hmac;
  /**
   * Stores an envelope for good; `repeat` when it is there already.
   * Bolt acknowledges events before any listener runs, so what must not be lost is stored before Bolt sees it.
   */
  store: (envelope: Envelope) => Promise<'new' | 'repeat'>;
  /** Whoever sent what is refused here is on record. */
  refused: (why: Refusal, detail: string) => Promise<void>;
  /** Keeps what runs on after the answer alive: `waitUntil` of the edge. */
  background: (work: Promise<unknown>) => void;
  log: (line: string) => void;
}

export type Refusal = Exclude<SignatureVerdict, 'good'> | 'unreadable' | 'wrong-team';

const bodyBytesMax = 1_000_000;

/**
 * Bolt's receiver on web standards: a Request in, a Response out, on Node and in workerd.
 * Order: size, raw bytes, signature and time, `ssl_check` and `url_verification`, workspace, store, Bolt.
 */
export class HonoReceiver implements Receiver {
  readonly #deps: ReceiverDeps;
  #app: App | undefined;

  constructor(deps: ReceiverDeps) {
    this.#deps = deps;
  }

  init(app: App): void {
    this.#app = app;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }

  /** Answers one request of Slack's. Never throws. */
  async handle(request: Request): Promise<Response> {
    if (Number(request.headers.get('content-length') ?? 0) > bodyBytesMax) return new Response(null, { status: 413 });
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.length > bodyBytesMax) return new Response(null, { status: 413 });
    const timestamp = request.headers.get('x-slack-request-timestamp');
    const signature = request.headers.get('x-slack-signature');
    const payload = parsePayload(bytes, request.headers.get('content-type'));
    // Slack's check of the certificate is unsigned. Nothing else of such a body is looked at.
    if (signature === null && payload !== undefined && isSslCheck(payload)) return new Response('');
    const { signingSecrets, nowMs, hmac } = this.#deps;
    const verdict = await checkSignature({ body: bytes, timestamp, signature }, signingSecrets, nowMs(), hmac);
    if (verdict !== 'good') return this.#refuse(verdict, 401);
    if (payload === undefined) return this.#refuse('unreadable', 400);
    if (isSslCheck(payload)) return new Response('');
    if (textAt(payload, 'type') === 'url_verification')
      return Response.json({ challenge: textAt(payload, 'challenge') });
    return this.receive(envelopeOf(payload, await sha256Hex(utf8(`${timestamp}:${signature}`))), retryOf(request));
  }

  /** Stores, hands on, and answers as soon as somebody acknowledged. Also the way in of Socket Mode. */
  async receive(envelope: Envelope, retry: Retry = {}): Promise<Response> {
    const teams = await this.#deps.teams();
    if (teams === null) return notAccepted(envelope, 'Slack does not say now which workspace this is');
    if (envelope.team === null || !teams.includes(envelope.team)) {
      return this.#refuse('wrong-team', 403, envelope.team ?? 'no workspace');
    }
    // A choice list changes nothing and is asked for with each key that is pressed.
    const stored = envelope.kind === 'options' ? 'new' : await this.#store(envelope);
    if (stored === 'repeat') return new Response('');
    if (stored === 'failed') return notAccepted(envelope, 'the record cannot be written now');
    const { ack, answer, settle } = acknowledgement();
    const work = this.#process({ body: { ...envelope.payload }, ack, ...retry }).then(
      () => settle(false),
      (error: unknown) => {
        this.#deps.log(`slack ${envelope.kind}: ${faultText(error)}`);
        settle(true);
      },
    );
    this.#deps.background(work);
    return answer;
  }

  async #process(event: Parameters<App['processEvent']>[0]): Promise<void> {
    if (this.#app === undefined) throw new Error('the receiver was not given an app');
    await this.#app.processEvent(event);
  }

  async #store(envelope: Envelope): Promise<'new' | 'repeat' | 'failed'> {
    try {
      return await this.#deps.store(envelope);
    } catch (error) {
      this.#deps.log(`slack ${envelope.kind} is not stored: ${String(error)}`);
      return 'failed';
    }
  }

  async #refuse(why: Refusal, status: number, detail = ''): Promise<Response> {
    await this.#deps.refused(why, detail).catch((error: unknown) => this.#deps.log(`slack: ${String(error)}`));
    return new Response(null, { status });
  }
}

/** A person sees a sentence at once; an event is sent again by Slack. */
const notAccepted = ({ kind }: Envelope, why: string): Response =>
  kind === 'command'
    ? new Response(`Not accepted: ${why}. Nothing was done. Please try again in a moment.`)
    : new Response(null, { status: 503 });

interface Retry {
  retryNum?: number;
  retryReason?: string;
}

function retryOf(request: Request): Retry {
  const number = Number(request.headers.get('x-slack-retry-num'));
  const reason = request.headers.get('x-slack-retry-reason');
  return number > 0 ? { retryNum: number, ...(reason === null ? {} : { retryReason: reason }) } : {};
}

/** Only the exact value counts, and only alone: a command that also says `ssl_check` is a command. */
const isSslCheck = (payload: Payload): boolean => payload['ssl_check'] === '1' && payload['command'] === undefined;
