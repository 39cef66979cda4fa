import type { Readable } from 'node:stream';

/** A call of the Engine API. */
export interface EngineRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** Without the version, such as `/networks/create`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is (a tar archive), instead of `body`. */
  upload?: Readable | Buffer;
  headers?: Readonly<Record<string, string>>;
  /** The engine asks somebody else before it answers, such as a registry: other reads do not wait for it. */
  asksElsewhere?: boolean;
  /** The engine hands the connection to what it runs and closes it afterwards: it gets one of its own. */
  endsConnection?: boolean;
  /** The engine is done with it at once, so that it takes turns with what is read as JSON, on one connection. */
  isBrief?: boolean;
  /** A change that does no harm when it is made twice: like a read it is asked once more where the connection was lost. */
  mayRepeat?: boolean;
}
