import { z } from 'zod';

/**
 * What goes into the prober and what comes back (infra/probe/prober). Input: one check per argument or line,
 * `<kind> <id> key=value…` with percent-encoded values. Output: one JSON object per line, `ready` first, then `check`
 * and `heard` as they happen, `done` last. Output without `done` was cut off: what has no line is unknown.
 */
export const probeProtocol = 2;

interface Common {
  /** Comes back with the result; any text. */
  id: string;
  /** Limit of this one check, name lookup included. 3000 unless given. */
  timeoutMs?: number;
  /** Nameserver to ask instead of the container's own. */
  server?: string;
}

interface Towards extends Common {
  /** Check every address that the name resolves to, not just the first. Passes when all pass. */
  all?: boolean;
  /** Addresses to look names up for: 4 unless given. */
  family?: 4 | 6;
  /** Source address to send from. */
  from?: string;
}

/** A name or a literal address. */
interface Host {
  host: string;
}

/** Sent `count` times (3), with `intervalMs` (100) between and after. */
interface Nonces {
  nonce: string;
  count?: number;
  intervalMs?: number;
}

export type ProbeCheck =
  | ({ kind: 'dns'; name: string; type?: 'A' | 'AAAA' } & Common)
  /** `size` is the payload: the IPv4 packet has 28 bytes more. With `df` it is not fragmented. */
  | ({ kind: 'ping'; count?: number; size?: number; df?: boolean; intervalMs?: number } & Host & Towards)
  /** The largest IP packet that passes unfragmented, between `low` (576) and `high` (9000). */
  | ({ kind: 'pmtu'; low?: number; high?: number } & Host & Towards)
  | ({ kind: 'tcp'; port: number } & Host & Towards)
  /** Sends `bytes` (1 MiB) to a TCP listener of ours, which proves count and content under our nonce. */
  | ({ kind: 'bulk'; port: number; nonce: string; bytes?: number } & Host & Towards)
  /** `host` connects elsewhere than the URL says. `expect` is the status: 200. */
  | ({ kind: 'http'; url: string; host?: string; expect?: number } & Towards)
  /**
   * Passing says that it left and was not refused; that it arrived says the listener's `heard`. `size` is the payload
   * at least: the IPv4 packet has 28 bytes more.
   */
  | ({ kind: 'udp'; port: number; size?: number; df?: boolean } & Nonces & Host & Towards)
  /** The same as packets of IP protocol 50, which encrypted overlays use. */
  | ({ kind: 'esp' } & Nonces & Host & Towards);

export interface ProbeListener {
  proto: 'tcp' | 'udp';
  /** Address to bind; all of IPv4 when absent. */
  address?: string;
  /** 0 lets the kernel choose; `ready` tells which. */
  port: number;
}

export interface ProbeRun {
  listen?: ProbeListener[];
  /** Hear packets of IP protocol 50 too. */
  esp?: boolean;
  checks?: ProbeCheck[];
  /** Read further checks from standard input, until its end. */
  stdin?: boolean;
  /** The longest that the process lives, and with listeners but without `stdin` how long it stays. 120 s unless given. */
  stayMs?: number;
  /** Checks at the same time: 64 unless given, at most 256. */
  concurrency?: number;
}

/** Arguments of the image's entry point: `Cmd` of a container. An exec knows no entry point: `['/probe', ...probeArgs(run)]`. */
export function probeArgs(run: ProbeRun): string[] {
  return [
    ...(run.listen ?? []).map((listener) => `--${listener.proto}=${listenAddress(listener)}`),
    ...(run.esp ? ['--esp'] : []),
    ...(run.stdin ? ['--stdin'] : []),
    ...(run.stayMs === undefined ? [] : [`--stayMs=${run.stayMs}`]),
    ...(run.concurrency === undefined ? [] : [`--concurrency=${run.concurrency}`]),
    ...(run.checks ?? []).map(encodeCheck),
  ];
}

/** The same checks for standard input. */
export function probeLines(checks: ProbeCheck[]): string {
  return checks.map((check) => `${encodeCheck(check)}\n`).join('');
}

function listenAddress(listener: ProbeListener): string {
  if (listener.address === undefined) return `${listener.port}`;
  return listener.address.includes(':')
    ? `[${listener.address}]:${listener.port}`
    : `${listener.address}:${listener.port}`;
}

/** One check as one argument or one line. */
export function encodeCheck(check: ProbeCheck): string {
  const { kind, id, ...fields } = check;
  const pairs = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(typeof value === 'boolean' ? Number(value) : value)}`],
  );
  return [kind, encodeURIComponent(id), ...pairs].join(' ');
}

/** Why a check did not pass. A word that is not listed here is read as `other`. */
export const probeErrors = [
  'refused',
  'reset',
  'timeout',
  'no_route',
  'no_network',
  'too_long',
  'dropped_locally',
  'in_use',
  'no_such_address',
  'nxdomain',
  'no_address',
  'servfail',
  'no_resolver',
  'malformed',
  'mismatch',
  'http_status',
  'not_http',
  'cut_off',
  'not_permitted',
  'not_finished',
  'invalid',
  'other',
] as const;
const errorSchema = z.enum(probeErrors).catch('other');

const resultFields = {
  /** `skipped` could not be tried, or not to its end: never a pass. */
  status: z.enum(['ok', 'fail', 'skipped']),
  /** Measured time (connect, echo, answer), lookup apart; null when nothing was measured. */
  ms: z.number().nullable(),
  error: errorSchema.optional(),
  /** One sentence: what was seen, or why it did not pass. */
  detail: z.string(),
  /** The address that was tried. */
  address: z.string().optional(),
  /** dns, and every check with `all`: the addresses found. */
  addresses: z.array(z.string()).optional(),
  server: z.string().optional(),
  truncated: z.boolean().optional(),
  /** ping: the slowest echo; `sent` and `received` tell the loss. udp: how many left. */
  maxMs: z.number().optional(),
  sent: z.number().optional(),
  received: z.number().optional(),
  /** pmtu: the result. ping refused as too long: what the reporter allows. */
  mtu: z.number().optional(),
  /** Who sent the ICMP error. */
  reporter: z.string().optional(),
  /** tcp, bulk: the kernel's round trip, and segments that it sent again. */
  rttMs: z.number().optional(),
  resent: z.number().optional(),
  /** bulk: bytes that the listener counted. http: bytes of the body. */
  bytes: z.number().optional(),
  http: z.number().optional(),
  /** bulk: our address as the listener saw it. */
  seenAs: z.string().optional(),
  seenPort: z.number().optional(),
  /** udp: where it left from. */
  source: z.string().optional(),
  fromPort: z.number().optional(),
};

const listenerSchema = z.object({
  proto: z.enum(['tcp', 'udp', 'esp']),
  address: z.string(),
  port: z.number(),
  /** Set when it could not be bound. */
  error: errorSchema.optional(),
  detail: z.string().optional(),
});

const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('ready'), protocol: z.number(), listeners: z.array(listenerSchema) }),
  z.object({
    event: z.literal('check'),
    id: z.string(),
    kind: z.string(),
    ...resultFields,
    /** With `all`: the result at each address. */
    each: z.array(z.object(resultFields)).optional(),
  }),
  /** A datagram (or with `esp` a packet) with a nonce arrived; `from` is the source that the receiver saw. */
  z.object({
    event: z.literal('heard'),
    proto: z.enum(['udp', 'esp']),
    port: z.number(),
    /** Of udp: its payload. */
    bytes: z.number().optional(),
    from: z.string(),
    fromPort: z.number(),
    nonce: z.string(),
  }),
  /** `expired`: the stay was over, or it was stopped, before all checks had ended. `ignored`: foreign packets. */
  z.object({
    event: z.literal('done'),
    ok: z.number(),
    fail: z.number(),
    skipped: z.number(),
    ignored: z.number(),
    expired: z.boolean(),
  }),
]);

export type ProbeEvent = z.infer<typeof eventSchema> | { event: 'unreadable'; line: string };
export type ProbeResult = Extract<ProbeEvent, { event: 'check' }>;

/** One line of output. What does not make sense comes back as `unreadable`, not as an exception. */
export function parseProbeLine(line: string): ProbeEvent {
  const parsed = eventSchema.safeParse(parseJson(line));
  return parsed.success ? parsed.data : { event: 'unreadable', line };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A whole output, sorted. Without `done` it was cut off. */
export interface ProbeOutput {
  results: ProbeResult[];
  heard: Extract<ProbeEvent, { event: 'heard' }>[];
  ready: Extract<ProbeEvent, { event: 'ready' }> | null;
  done: Extract<ProbeEvent, { event: 'done' }> | null;
  unreadable: string[];
}

/** The output of a run that has ended. */
export function parseOutput(text: string): ProbeOutput {
  const output: ProbeOutput = { results: [], heard: [], ready: null, done: null, unreadable: [] };
  const reader = probeLineReader((event) => sort(output, event));
  reader.push(text);
  reader.end();
  return output;
}

function sort(output: ProbeOutput, event: ProbeEvent): void {
  switch (event.event) {
    case 'check':
      output.results.push(event);
      break;
    case 'heard':
      output.heard.push(event);
      break;
    case 'ready':
      output.ready = event;
      break;
    case 'done':
      output.done = event;
      break;
    case 'unreadable':
      output.unreadable.push(event.line);
  }
}

/** Cuts pieces of output, however they arrive, into lines and events. `end` gives out an unfinished last line. */
export function probeLineReader(onEvent: (event: ProbeEvent) => void): { push(text: string): void; end(): void } {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onEvent(parseProbeLine(line));
    },
    end() {
      if (rest !== '') onEvent(parseProbeLine(rest));
      rest = '';
    },
  };
}
