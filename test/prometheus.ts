/**
 * Reads the text format of Prometheus (version 0.0.4) by its rules, and throws for what a scraper would refuse or take for
 * something else: samples outside their group, a name twice, a label twice, histograms that do not add up.
 */
export interface ReadMetric {
  type: string;
  help: string;
  /** By the whole name with its labels, as it was written. */
  samples: Map<string, number>;
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const sampleForm = new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)?\\})? (\\S+)$`);
const numberForm = /^(?:NaN|[+-]Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

export function readMetrics(text: string): Map<string, ReadMetric> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const metrics = new Map<string, ReadMetric>();
  let current = '';
  let help: string | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, keyword, of = '', rest = ''] = new RegExp(`^# (HELP|TYPE) (${name}) (.+)$`).exec(line) ?? [];
    if (keyword === 'HELP') {
      if (metrics.has(of)) throw new Error(`${of} comes twice`);
      [current, help] = [of, rest];
    } else if (keyword === 'TYPE') {
      if (of !== current || help === null) throw new Error(`TYPE of ${of} without its HELP`);
      if (!['counter', 'gauge', 'histogram'].includes(rest)) throw new Error(`${of} is a ${rest}`);
      metrics.set(of, { type: rest, help, samples: new Map() });
    } else addSample(metrics.get(current), current, line);
  }
  for (const [of, metric] of metrics) checkWhole(of, metric);
  return metrics;
}

function addSample(metric: ReadMetric | undefined, of: string, line: string): void {
  const [, found = '', labels = '', value = ''] = sampleForm.exec(line) ?? [];
  if (metric === undefined || !numberForm.test(value)) throw new Error(`not understood: ${line}`);
  const names = metric.type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => of + end) : [of];
  if (!names.includes(found)) throw new Error(`${found} stands among ${of}`);
  const labelNames = [...labels.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\.)*"/g)].map((match) => match[1]);
  if (new Set(labelNames).size !== labelNames.length) throw new Error(`a label comes twice: ${line}`);
  const key = `${found}{${labels}}`;
  if (metric.samples.has(key)) throw new Error(`${key} comes twice`);
  metric.samples.set(key, Number(value.replace('Inf', 'Infinity')));
}

function checkWhole(of: string, { type, samples }: ReadMetric): void {
  if (samples.size === 0) throw new Error(`${of} has no samples`);
  if (type === 'counter' && !of.endsWith('_total')) throw new Error(`the counter ${of} does not end with _total`);
  if (type !== 'histogram') return;
  const series = Map.groupBy(
    [...samples].filter(([key]) => key.startsWith(`${of}_bucket`)),
    ([key]) => key.replace(/,?le="[^"]*"/, ''),
  );
  for (const [key, buckets] of series) {
    const values = buckets.map(([, value]) => value);
    if (values.some((value, at) => value < (values[at - 1] ?? 0))) throw new Error(`${key} goes down`);
    if (!(buckets.at(-1)?.[0] ?? '').includes('le="+Inf"')) throw new Error(`${key} has no +Inf`);
    if (samples.get(key.replace('_bucket', '_count')) !== values.at(-1)) throw new Error(`${key} does not add up`);
  }
}
