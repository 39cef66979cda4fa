/* Spans, for whichever library takes them: nothing is loaded, and nothing is made, where no tracer is set up. */

export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Something that takes time. */
export interface Span {
  /** W3C `traceparent`, for whoever works on behalf of it. */
  readonly traceparent: string;
  /** Ends it; a fault makes it a failed one. */
  end: (more?: { fault?: unknown; name?: string; attributes?: Attributes }) => void;
}

export interface SpanStart {
  name: string;
  /** `traceparent` of the span that it is part of; without one it is the first of its trace. */
  parent?: string | null | undefined;
  kind: 'server' | 'client' | 'internal';
  attributes?: Attributes;
}

export interface Tracer {
  start: (span: SpanStart) => Span;
  /** Sends what was not sent yet, within a limit. */
  close: () => Promise<void>;
}

const form = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The text where it is a W3C `traceparent` of version 00, else undefined. */
export const traceparentIn = (text: string | undefined): string | undefined =>
  text !== undefined && form.test(text) ? text : undefined;
