import { version } from '#api/version.ts';
import { observingSettings } from '#cli/config.ts';
import type { Session } from '#cli/session.ts';
import { type Log, logFormOf, type LogForm, logTo } from '#core/log.ts';
import { isWebAddress, type SettingsReader } from '#core/settings.ts';
import type { Tracer } from '#core/trace.ts';

/** How what runs for long tells of itself. */
export interface Observing {
  logForm: LogForm;
  /** Null: nothing is traced. */
  traces: { endpoint: string; headers: Record<string, string> } | null;
}

/** Reads all; what is wrong is gathered by the reader. */
export function observingOf(session: Session, settings: SettingsReader): Observing {
  const logForm = logFormOf(settings, session.err.isTerminal);
  const endpoint = settings.text(observingSettings, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  const headers = headersOf(settings);
  if (endpoint === undefined) return { logForm, traces: null };
  if (!isWebAddress(endpoint))
    settings.wrong(observingSettings, 'OTEL_EXPORTER_OTLP_ENDPOINT', 'expected an http or https address');
  return { logForm, traces: { endpoint, headers } };
}

function headersOf(settings: SettingsReader): Record<string, string> {
  const text = settings.text(observingSettings, 'OTEL_EXPORTER_OTLP_HEADERS') ?? '';
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const at = pair.indexOf('=');
      if (at < 1) settings.wrong(observingSettings, 'OTEL_EXPORTER_OTLP_HEADERS', 'expected name=value,…');
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

export const logOf = (session: Session, { logForm }: Observing): Log =>
  logTo((entry) => session.err.write(`${entry}\n`), logForm);

/** Its libraries are loaded only where somebody is there to take spans. */
export async function tracerOf({ traces }: Observing, service: string): Promise<Tracer | null> {
  if (traces === null) return null;
  const { startTracing } = await import('./tracing.ts');
  return startTracing({ ...traces, service, version });
}
