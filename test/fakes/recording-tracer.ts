import type { SpanStart, Tracer } from '#core/trace.ts';

export interface RecordedSpan extends SpanStart {
  traceparent: string;
  /** What was told at its end; null while it lasts. */
  end: unknown;
}

/** Keeps every span in memory. */
export interface RecordingTracer extends Tracer {
  spans: RecordedSpan[];
  /** Names of the spans that one is part of, the nearest first. */
  above: (span: RecordedSpan) => string[];
}

export function recordingTracer(): RecordingTracer {
  const spans: RecordedSpan[] = [];
  const above = (span: RecordedSpan): string[] => {
    const parent = spans.find(({ traceparent }) => traceparent === span.parent);
    return parent === undefined ? [] : [parent.name, ...above(parent)];
  };
  return {
    spans,
    above,
    start(start) {
      const id = String(spans.length + 1).padStart(16, '0');
      const recorded: RecordedSpan = { ...start, traceparent: `00-${'1'.repeat(32)}-${id}-01`, end: null };
      spans.push(recorded);
      return {
        traceparent: recorded.traceparent,
        end(more = {}) {
          recorded.name = more.name ?? recorded.name;
          recorded.end = more;
        },
      };
    },
    close: async () => {},
  };
}
