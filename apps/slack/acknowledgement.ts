/**
 * Slack's answer to one request, open until Bolt's `ack` or until it can never come.
 * Bolt's `processEvent` resolves when listeners end, not when `ack` is called: the HTTP answer goes out with the `ack`,
 * and listeners run on.
 */
export interface Acknowledgement {
  /** What Bolt gets. A second call does nothing: the first answer is on its way. */
  ack: (answer?: unknown) => Promise<void>;
  /** The answer for Slack: resolves once, whatever happens. */
  answer: Promise<Response>;
  /** Listeners have ended; without an `ack` until now there will be none. */
  settle: (failed: boolean) => void;
}

/** Slack shows a failure to the person after 3 seconds. */
const ackLimitMs = 2_800;

export function acknowledgement(limitMs: number = ackLimitMs): Acknowledgement {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const timer = setTimeout(() => resolve(new Response('no answer in time', { status: 504 })), limitMs);
  const finish = (response: Response): void => {
    clearTimeout(timer);
    resolve(response);
  };
  return {
    ack: (answer) => {
      finish(responseOf(answer));
      return Promise.resolve();
    },
    answer: promise,
    settle: (failed) => finish(new Response(failed ? 'failed' : 'nobody listens', { status: failed ? 500 : 404 })),
  };
}

/** Text and nothing are sent as they are, objects (messages, view errors) as JSON. */
const responseOf = (answer: unknown): Response =>
  typeof answer === 'object' && answer !== null
    ? Response.json(answer)
    : new Response(typeof answer === 'string' ? answer : '', { status: 200 });
