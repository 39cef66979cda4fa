import { setTimeout as pause } from 'node:timers/promises';
import { type PreflightAddress, usualMtu } from '#core/preflight/addresses.ts';
import { controlPortFor, gossipPort, managerPort, type ProbeName, type UnderlayProbe } from '#core/preflight/probes.ts';
import type { PreflightWants } from '#core/preflight/wants.ts';
import type { Ask } from '../checks/planned-check.ts';
import type { ProbeResult } from '../probe/protocol.ts';
import type { Listening, ProberSession } from './session.ts';

/** All questions of all hosts are asked at once; each has its own, shorter limit. */
const askLimitMs = 12_000;
/** What was sent last may still be on its way when its sender is done. */
const lateMs = 400;
/** How long a listener may take to tell what it has heard. */
const toldLimitMs = 3000;
const tcpLimitMs = 2500;
/** IPv4 and UDP headers around what is sent. */
const headerBytes = 28;

/** A host that is asked about. Without a session nothing of ours listens there. */
export interface Target {
  host: string;
  /** Null when it is not known; then it is only looked for at the address that SSH uses. */
  address: PreflightAddress | null;
  ssh: { address: string; port: number };
  session: ProberSession | null;
  /** It is a node already: the engine listens on gossip, and on TCP 2377 when it is a manager. */
  member: { manager: boolean } | null;
}

interface Question {
  probe: ProbeName;
  to: string;
  address: string;
  port: number | null;
  /** A question for the prober, or why it cannot be asked. */
  ask: Ask | { skipped: string };
  /** What the other side is to hear. */
  nonce: string | null;
}

interface Input {
  targets: readonly Target[];
  /** Which hosts each host asks. */
  peers: ReadonlyMap<string, readonly string[]>;
  wants: PreflightWants;
}

/** Every host with a prober asks its peers, all at once, and what was sent is looked for where it had to arrive. */
export async function askUnderlay({ targets, peers, wants }: Input): Promise<UnderlayProbe[]> {
  const byName = new Map(targets.map((target) => [target.host, target]));
  const rounds = targets.flatMap((from) => {
    const asked = wants.managers.concat(peers.get(from.host) ?? []);
    const others = [...new Set(asked)].flatMap((name) => (name === from.host ? [] : (byName.get(name) ?? [])));
    const near = new Set(peers.get(from.host));
    const questions = others.flatMap((to) => questionsTo(to, wants, near.has(to.host) ? 'all' : 'manager'));
    return from.session === null ? [] : [{ from: from.host, session: from.session, questions }];
  });
  const answered = await Promise.all(
    rounds.map(async (round) => ({ ...round, answers: await askAll(round.session, round.questions) })),
  );
  const hearing = (host: string): ProberSession | null => byName.get(host)?.session ?? null;
  const missing = (): boolean =>
    answered.some(({ questions }) =>
      questions.some(({ nonce, to }) => nonce !== null && hearing(to)?.heard.has(nonce) === false),
    );
  for (let waited = 0; waited < lateMs && missing(); waited += 50) await pause(50);
  const told = await toldAll(targets, missing());
  return answered.flatMap(({ from, questions, answers }) =>
    questions.map((question, index) => {
      const hearer = { session: hearing(question.to), hasToldAll: told.has(question.to) };
      return judge(from, question, answers.get(String(index)), hearer);
    }),
  );
}

/** Hosts whose listener has told all that it heard. Where something is missed they are asked: its word may be on its way. */
async function toldAll(targets: readonly Target[], isMissing: boolean): Promise<ReadonlySet<string>> {
  const told = await Promise.all(
    targets.map(async ({ host, session }) =>
      !isMissing || (session !== null && (await session.hasToldAll(toldLimitMs))) ? [host] : [],
    ),
  );
  return new Set(told.flat());
}

function askAll(session: ProberSession, questions: readonly Question[]): Promise<ReadonlyMap<string, ProbeResult>> {
  const checks = questions.flatMap(({ ask }, index) => ('skipped' in ask ? [] : [{ ...ask, id: String(index) }]));
  return session.ask(checks, askLimitMs);
}

function questionsTo(to: Target, wants: PreflightWants, which: 'all' | 'manager'): Question[] {
  const { address, ssh, host } = to;
  if (to.session === null || address === null) {
    const pmtu = { kind: 'pmtu', host: ssh.address, high: usualMtu, timeoutMs: 2500 } as const;
    return [...throughSsh(to), lookFor(to, 'ssh-tcp', ssh.port), { ...plain(to, 'ssh-mtu', ssh.address), ask: pmtu }];
  }
  const manager = wants.managers.includes(host) ? [connectTo(to, 'tcp-2377', address.advertise, managerPort)] : [];
  if (which === 'manager') return manager;
  const control = controlPortFor(wants.dataPathPort);
  const data = address.dataPath;
  return [
    ...manager,
    { ...plain(to, 'ping', data), ask: { kind: 'ping', host: data, count: 3, intervalMs: 200, timeoutMs: 2000 } },
    { ...plain(to, 'path-mtu', data), ask: { kind: 'pmtu', host: data, high: address.mtu, timeoutMs: 5000 } },
    connectTo(to, 'tcp-7946', address.advertise, gossipPort),
    sendTo(to, 'udp-7946', address.advertise, gossipPort),
    sendTo(to, 'udp-data', data, wants.dataPathPort),
    sendTo(to, 'udp-control', data, control),
    { ...sendTo(to, 'udp-large', data, control), ...large(to, data, control, wants.mtu ?? usualMtu) },
    ...(wants.encrypted ? [sendTo(to, 'esp', data, null)] : []),
    ...(ssh.address === address.advertise ? [] : throughSsh(to)),
  ];
}

const plain = ({ host: to }: Target, probe: ProbeName, address: string) => ({
  probe,
  to,
  address,
  port: null,
  nonce: null,
});

/** At the address that SSH uses: whether the host is there at all. */
const throughSsh = (to: Target): Question[] => [
  { ...plain(to, 'ssh-ping', to.ssh.address), ask: { kind: 'ping', host: to.ssh.address, count: 2, timeoutMs: 1500 } },
];

const lookFor = (to: Target, probe: ProbeName, port: number): Question => {
  const { address } = to.ssh;
  return { ...plain(to, probe, address), port, ask: { kind: 'tcp', host: address, port, timeoutMs: tcpLimitMs } };
};

/** A connection to our listener, or on a member to the engine's own. */
function connectTo(to: Target, probe: ProbeName, address: string, port: number): Question {
  const engines = to.member !== null && (port === gossipPort || to.member.manager);
  const why = engines ? null : notHeard(to, 'tcp', port);
  const ask: Ask = { kind: 'tcp', host: address, port, timeoutMs: tcpLimitMs };
  return { ...plain(to, probe, address), port, ask: why === null ? ask : { skipped: why } };
}

/** Independent datagrams with a nonce of their own, which the other side's listener must hear. */
function sendTo(to: Target, probe: ProbeName, address: string, port: number | null): Question {
  const nonce = crypto.randomUUID();
  const count = { nonce, count: 3, intervalMs: 80 };
  const why = notHeard(to, port === null ? 'esp' : 'udp', port ?? 0);
  const ask: Ask =
    port === null ? { kind: 'esp', host: address, ...count } : { kind: 'udp', host: address, port, ...count };
  return {
    ...plain(to, probe, address),
    port,
    nonce: why === null ? nonce : null,
    ask: why === null ? ask : { skipped: why },
  };
}

/** As large as what an overlay sends, in one piece. */
function large(to: Target, host: string, port: number, mtu: number): Pick<Question, 'ask' | 'nonce'> {
  const why = notHeard(to, 'udp', port);
  if (why !== null) return { ask: { skipped: why }, nonce: null };
  const nonce = crypto.randomUUID();
  const size = mtu - headerBytes;
  return { nonce, ask: { kind: 'udp', host, port, nonce, size, df: true, count: 3, intervalMs: 80 } };
}

/** Why nothing of ours hears a port of that host; null when it does. */
function notHeard({ host, session, member }: Target, proto: Listening['proto'], port: number): string | null {
  const listener = session?.listening.find((one) => one.proto === proto && (proto === 'esp' || one.port === port));
  const named = proto === 'esp' ? 'ESP' : `${proto.toUpperCase()} ${port}`;
  if (listener?.error === 'in_use' && member !== null)
    return `${named} of ${host} belongs to its kernel: it is a node already`;
  if (listener?.error !== undefined)
    return `${named} could not be listened on at ${host}: ${listener.detail ?? listener.error}`;
  if (listener !== undefined) return null;
  return member === null
    ? `nothing listens on ${named} of ${host}`
    : `${named} of ${host} belongs to its engine: it is a node already`;
}

function judge(
  from: string,
  question: Question,
  answer: ProbeResult | undefined,
  hearer: { session: ProberSession | null; hasToldAll: boolean },
): UnderlayProbe {
  const { probe, to, address, port, nonce, ask } = question;
  const about = { probe, from, to, address, port, source: null, mtu: null, ms: null, echoes: null, error: null };
  if ('skipped' in ask) return { ...about, result: 'skipped', detail: ask.skipped };
  const heard = nonce === null ? undefined : hearer.session?.heard.get(nonce);
  // What arrived has arrived, whatever its sender says of it.
  if (heard !== undefined) {
    return { ...about, result: 'ok', detail: `arrived from ${heard.from}`, source: heard.from };
  }
  if (answer === undefined) return { ...about, result: 'unknown', detail: `the prober on ${from} gave no answer` };
  const { detail, ms } = answer;
  const told = { ...about, ms, mtu: answer.mtu ?? null, error: answer.error ?? null, echoes: echoesOf(answer) };
  if (answer.status === 'skipped') return { ...told, result: 'skipped', detail };
  if (answer.status === 'fail') return { ...told, result: 'failed', detail };
  if (nonce === null) return { ...told, result: 'ok', detail };
  if (!hearer.hasToldAll)
    return { ...told, result: 'unknown', detail: `the prober on ${to} did not tell what it heard` };
  return { ...told, result: 'failed', error: 'silent', detail: `left ${from}, and never arrived at ${to}` };
}

const echoesOf = ({ sent, received }: ProbeResult): UnderlayProbe['echoes'] =>
  sent === undefined || received === undefined ? null : { sent, received };
