import {
  type Attributes,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { reasonOf } from '#core/log.ts';
import { withoutSecretText } from '#core/secret-text.ts';
import type { Attributes as Said, Span, SpanStart, Tracer } from '#core/trace.ts';

export interface TracingOptions {
  /** Address of an OTLP/HTTP receiver, without `/v1/traces`. */
  endpoint: string;
  /** Sent with every request, such as a token. */
  headers: Record<string, string>;
  service: string;
  version: string;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
/** A receiver that is away must not hold up the end of the process. */
const closeLimitMs = 3000;

/** Spans to an OTLP/HTTP receiver, in batches. This module is loaded only where one is named. */
export function startTracing({ endpoint, headers, service, version }: TracingOptions): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers,
    timeoutMillis: closeLimitMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.version': version }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1000, exportTimeoutMillis: closeLimitMs }),
    ],
  });
  const tracer = provider.getTracer('flotilla', version);
  return {
    start({ name, parent, kind, attributes = {} }: SpanStart): Span {
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes: shown(attributes) }, contextOf(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
        end({ fault, name: better, attributes: more = {} } = {}) {
          if (better !== undefined) span.updateName(better);
          span.setAttributes(shown(more));
          if (fault !== undefined)
            span.setStatus({ code: SpanStatusCode.ERROR, message: withoutSecretText(reasonOf(fault)) });
          span.end();
        },
      };
    },
    close: () => provider.shutdown().catch(() => {}),
  };
}

/** The context in which a span is a child of the one that `traceparent` names. */
function contextOf(parent: string | null | undefined) {
  const [, traceId = '', spanId = '', flags = '01'] = parent?.split('-') ?? [];
  const spanContext = { traceId, spanId, traceFlags: parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT;
}

const shown = (said: Said): Attributes =>
  Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      return [[name, typeof value === 'string' ? withoutSecretText(value) : value]];
    }),
  );
