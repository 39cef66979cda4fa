import type { Metric, Sample } from './reports/exposition.ts';

export type Labels = Readonly<Record<string, string>>;

/** What is counted in this process since it started, and what can be asked of it now. */
export interface Meter {
  /** One more of something. */
  count: (name: CounterName, labels?: Labels, by?: number) => void;
  /** Something took so many seconds. */
  took: (name: TimerName, labels: Labels, seconds: number) => void;
  /** Asked whenever somebody reads. */
  gauge: (name: GaugeName, value: () => number) => void;
  metrics: () => Metric[];
}

/** Every name with what it means; one that is not here does not compile. */
const counters = {
  flotilla_steps_total: 'Steps that ended, by kind and outcome.',
  flotilla_ssh_handshakes_total: 'SSH connections that were begun, by how it ended: ok, or the code of the refusal.',
  flotilla_ssh_channels_total: 'Channels that were opened on SSH connections.',
  flotilla_access_denied_total: 'Acts that the policy refused, by verb.',
  flotilla_logins_failed_total: 'Requests without a token, or a signature, that is good.',
  flotilla_slack_requests_total: 'What Slack sent, by kind and by what became of it.',
  flotilla_slack_calls_total: 'Calls of the Web API of Slack, by method and by how it ended.',
  flotilla_slack_budget_waits_total: 'Messages that waited until Slack takes another one.',
  flotilla_webhooks_received_total: 'Webhooks that came in, by kind of the source and by what became of them.',
} as const;
const timers = { flotilla_step_seconds: 'How long steps took, by kind.' } as const;
const gauges = { flotilla_ssh_connections: 'SSH connections that are open now.' } as const;

export type CounterName = keyof typeof counters;
export type TimerName = keyof typeof timers;
export type GaugeName = keyof typeof gauges;

/** Upper bounds in seconds: from a look over SSH to an image that has to be pulled. */
const bounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export function createMeter(): Meter {
  const counted = new Map<CounterName, Map<string, { labels: Labels; value: number }>>();
  const timed = new Map<TimerName, Map<string, Timed>>();
  const asked = new Map<GaugeName, () => number>();
  return {
    count(name, labels = {}, by = 1) {
      one(counted, name, labels, () => ({ labels, value: 0 })).value += by;
    },
    took(name, labels, seconds) {
      const fresh = (): Timed => ({ labels, buckets: bounds.map(() => 0), sum: 0, count: 0 });
      const timer = one(timed, name, labels, fresh);
      for (const [at, bound] of bounds.entries())
        if (seconds <= bound) timer.buckets[at] = (timer.buckets[at] ?? 0) + 1;
      timer.sum += seconds;
      timer.count += 1;
    },
    gauge(name, value) {
      asked.set(name, value);
    },
    metrics: () => [
      ...[...counted].map(([name, all]) => counterOf(name, [...all.values()])),
      ...[...timed].map(([name, all]) => histogramOf(name, [...all.values()])),
      ...[...asked].map(([name, value]) => gaugeOf(name, value())),
    ],
  };
}

/** Where a process is one of many that nobody can ask one by one (workerd), counting in it says nothing. */
export const noMeter: Meter = { count: () => {}, took: () => {}, gauge: () => {}, metrics: () => [] };

interface Timed {
  labels: Labels;
  /** How many took at most as long as each bound. */
  buckets: number[];
  sum: number;
  count: number;
}

function one<N, T>(all: Map<N, Map<string, T>>, name: N, labels: Labels, fresh: () => T): T {
  const key = JSON.stringify(labels);
  const ofName = all.get(name) ?? new Map<string, T>();
  all.set(name, ofName);
  const found = ofName.get(key) ?? fresh();
  ofName.set(key, found);
  return found;
}

const counterOf = (name: CounterName, all: readonly { labels: Labels; value: number }[]): Metric => ({
  name,
  type: 'counter',
  help: counters[name],
  samples: all.map(({ labels, value }) => ({ labels, value })),
});

const gaugeOf = (name: GaugeName, value: number): Metric => ({
  name,
  type: 'gauge',
  help: gauges[name],
  samples: [{ labels: {}, value }],
});

const histogramOf = (name: TimerName, all: readonly Timed[]): Metric => ({
  name,
  type: 'histogram',
  help: timers[name],
  samples: all.flatMap(({ labels, buckets, sum, count }): Sample[] => [
    ...bounds.map((bound, at) => bucket(labels, String(bound), buckets[at] ?? 0)),
    bucket(labels, '+Inf', count),
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: count },
  ]),
});

const bucket = (labels: Labels, le: string, value: number): Sample => ({
  suffix: '_bucket',
  labels: { ...labels, le },
  value,
});
