import type { CauseId } from '../causes/catalogue.ts';
import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import type { CheckResult } from '../verification.ts';
import type { HostLook, Symptoms } from './symptoms.ts';
import { lineOf, type Rule, ruling, touches } from './ruling.ts';

/** Error codes that name the cause by themselves. */
const byCode: Partial<Record<string, CauseId>> = {
  ssh_auth_failed: 'ssh-key-refused',
  host_key_changed: 'ssh-host-key-changed',
  engine_missing: 'engine-missing',
  engine_too_old: 'engine-too-old',
};

/** The cause that a refusal names by itself; null where its peers have to tell, or nobody can. */
export function accessCause(code: string, reason: string): CauseId | null {
  const named = byCode[code];
  if (named !== undefined) return named;
  if (code === 'engine_forbidden') return /forwards no stream/.test(reason) ? 'socket-unreachable' : 'socket-forbidden';
  if (code !== 'engine_unreachable') return null;
  return /did not answer|no answer|within/.test(reason) ? 'engine-frozen' : 'engine-down';
}

/** Why a host, or the engine on it, could not be looked at. It explains everything that was to be proved of it. */
export const accessRule: Rule = ({ symptoms }) =>
  Object.entries(symptoms.hosts).flatMap(([host, look]) => {
    if (look.engine.known) return [];
    const finding = findingFor(symptoms, host, look, look.engine);
    const isOf = touches([host]);
    const isAlive = aliveIn(symptoms.checks.filter(isOf));
    // What answers small packets on that host is alive, and what fails toward it is for another rule.
    return [ruling(finding, (check) => isOf(check) && !isAlive(check))];
  });

/** Tells whether the same place at least answers small packets. */
function aliveIn(checks: readonly CheckResult[]): (check: CheckResult) => boolean {
  const placeOf = ({ from, to, target }: CheckResult): string => [from, to, target].join('\n');
  const alive = new Set(checks.filter(({ check, result }) => check === 'ping' && result === 'ok').map(placeOf));
  return (check) => check.level === 'L4' && alive.has(placeOf(check));
}

function findingFor(
  symptoms: Symptoms,
  host: string,
  look: HostLook,
  { code = '', reason }: { code?: string | undefined; reason: string },
): Finding {
  const id = accessCause(code, reason);
  const isAway = code === 'host_unreachable' || code === 'timeout';
  const isSilent = isAway || id === 'engine-frozen';
  if (isSilent && !isRefused(reason)) {
    if (isBehindHole(symptoms.checks, host)) return behindHole(host, reason);
    const echoes = lostLarge(lowestOf(symptoms.checks, host));
    if (echoes.length > 0) return blackHole(host, reason, { echoes, isAway });
  }
  if (id !== null) return findingOf(id, { message: said[id]?.(host), hosts: [host], evidence: [reason] });
  if (isAway) return unreachable(symptoms, host, reason, look.address);
  return findingOf('host-not-seen', {
    message: `${host} could not be looked at, so nothing is proved of it.`,
    hosts: [host],
    evidence: [reason],
  });
}

/** Something answered, so that packets come through. */
const isRefused = (reason: string): boolean => /refused/.test(reason);

const said: Partial<Record<CauseId, (host: string) => string>> = {
  'engine-frozen': (host) => `The Docker Engine of ${host} takes connections and answers nothing.`,
  'engine-down': (host) => `The Docker Engine of ${host} does not run.`,
  'ssh-key-refused': (host) => `${host} refuses our SSH key.`,
  'ssh-host-key-changed': (host) => `${host} shows another SSH host key than the one that was pinned.`,
  'socket-forbidden': (host) => `The SSH user may not use the Docker socket of ${host}.`,
  'socket-unreachable': (host) => `Both ways to the Docker socket of ${host} are closed.`,
};

/** Small packets reach it and full-sized ones do not: then SSH stalls, or an answer of its engine that is long. */
function isBehindHole(checks: readonly CheckResult[], host: string): boolean {
  const isAlive = aliveIn(checks.filter(({ to }) => to === host));
  return checks.some((one) => one.check === 'ping-large' && one.to === host && one.result === 'failed' && isAlive(one));
}

const behindHole = (host: string, reason: string): Finding =>
  findingOf('host-not-seen', {
    message: `${host} cannot be looked at: SSH needs larger packets than those that reach it.`,
    hosts: [host],
    evidence: [reason],
    consequenceOf: 'mtu-black-hole',
  });

/** Large echoes from host to host that nobody answered, where no large one passed and the same place has small ones back. */
function lostLarge(looks: readonly CheckResult[]): CheckResult[] {
  const large = looks.filter(({ check }) => check === 'ping-large');
  if (large.some(({ result }) => result === 'ok')) return [];
  const small = new Set(
    looks.flatMap(({ check, result, from }) => (check === 'ping' && result === 'ok' ? [from] : [])),
  );
  return large.filter(({ result, error, from }) => result === 'failed' && error === 'timeout' && small.has(from));
}

/** What its peers asked of it from host to host. */
const lowestOf = (checks: readonly CheckResult[], host: string): CheckResult[] =>
  checks.filter(({ level, to }) => level === 'L1' && to === host);

function blackHole(
  host: string,
  reason: string,
  { echoes, isAway }: { echoes: readonly CheckResult[]; isAway: boolean },
): Finding {
  const needs = isAway ? 'SSH needs them' : 'with them long answers of its engine';
  return findingOf('mtu-black-hole', {
    message: `Full-sized packets to ${host} vanish without a word, and ${needs}: small ones reach it.`,
    hosts: [host],
    evidence: [reason, ...echoes.slice(0, 4).map(lineOf)],
  });
}

/** The others tell whether the host is there and only its SSH port is closed, or nobody reaches it. */
function unreachable({ checks, swarm }: Symptoms, host: string, reason: string, address: string): Finding {
  const looks = lowestOf(checks, host);
  const reached = looks.filter(({ result, error }) => result === 'ok' || error === 'refused');
  const evidence = [reason, ...looks.slice(0, 4).map(lineOf)];
  const node = swarm.known ? swarm.value.nodes.find((one) => one.host === host) : undefined;
  const state = node === undefined ? [] : [`the swarm says that its node is ${node.state}`];
  if (reached.length > 0 || isRefused(reason)) {
    const message = `${host} is up, but its SSH port does not answer.`;
    return findingOf('ssh-port-closed', { message, hosts: [host], evidence });
  }
  if (looks.some(({ result }) => result === 'failed') || (node !== undefined && node.state !== 'ready')) {
    const message = `${host} (${address}) is not on the network: nobody reaches it.`;
    return findingOf('host-cut-off', { message, hosts: [host], evidence: [...evidence, ...state] });
  }
  const isReady = node?.state === 'ready';
  return findingOf(isReady ? 'ssh-port-closed' : 'host-cut-off', {
    message: isReady
      ? `${host} is up, as the swarm says, but its SSH port does not answer.`
      : `${host} does not answer, and no other host could tell whether it is there.`,
    hosts: [host],
    evidence: [...evidence, ...state],
    confidence: 'possible',
  });
}

/** Told for people who wonder why a host is slower: a command is run for each connection to its engine. */
export const byCommandRule: Rule = ({ symptoms }) =>
  Object.entries(symptoms.hosts).flatMap(([host, { byCommand }]) => {
    if (!byCommand) return [];
    const message = `sshd of ${host} forwards no stream to the Docker socket, so a command is run for each connection.`;
    return [ruling(findingOf('stream-local-forbidden', { message, hosts: [host] }))];
  });
