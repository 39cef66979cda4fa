/** One value of a metric with its labels. */
export interface Sample {
  /** Of a histogram: which of its series. */
  suffix?: '_bucket' | '_sum' | '_count';
  labels: Readonly<Record<string, string>>;
  value: number;
}

export interface Metric {
  name: string;
  type: 'gauge' | 'counter' | 'histogram';
  help: string;
  samples: readonly Sample[];
}

/** The media type of the text that `exposition` makes. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in the text format of Prometheus. One without samples is left out. */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelsText(labels)} ${valueText(value)}`),
    ])
    .map((line) => `${line}\n`)
    .join('');

function labelsText(labels: Sample['labels']): string {
  const entries = Object.entries(labels).map(([name, value]) => `${name}="${labelValue(value)}"`);
  return entries.length === 0 ? '' : `{${entries.join(',')}}`;
}

const labelValue = (value: string): string =>
  value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
