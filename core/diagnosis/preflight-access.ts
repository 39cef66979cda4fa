import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import { usualMtu } from '../preflight/addresses.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import { accessCause } from './access.ts';

/** Why a host, or the engine on it, could not be looked at; none for a host of which both were seen. */
export function accessFindings(evidence: PreflightEvidence): Finding[] {
  return evidence.hosts.flatMap(({ name }) => {
    const facts = evidence.facts[name];
    if (facts === undefined) return [];
    if (facts.engine.known) return facts.engine.value.forwards ? [] : [byCommand(name)];
    const { code = '', reason } = facts.engine;
    const about = { hosts: [name], evidence: [reason] };
    const stalled = facts.system.known ? null : stalledByPath(evidence, name, reason);
    if (stalled !== null) return [stalled];
    if (!facts.system.known && code === 'host_unreachable') return [unreachable(evidence, name, reason)];
    const cause = accessCause(code, reason);
    if (cause !== null) return [findingOf(cause, about)];
    return [findingOf('host-not-seen', about)];
  });
}

/** Told for people who wonder why a host is slower. */
const byCommand = (host: string): Finding =>
  findingOf('stream-local-forbidden', {
    message: `sshd of ${host} forwards no stream to the Docker socket, so a command is run for each connection.`,
    hosts: [host],
  });

/** What the others found out at the address that SSH uses. */
function looksAt({ probes }: PreflightEvidence, host: string, reason: string) {
  const looks = probes.filter(({ probe, to }) => to === host && probe.startsWith('ssh-'));
  const told = looks.map(({ from, probe, result, detail }) => `${from}: ${probe} ${result} (${detail})`);
  return { looks, evidence: [reason, ...told] };
}

/** The port of SSH answers and large packets do not pass: then SSH itself stalls, and with it all that goes over it. */
function stalledByPath(seen: PreflightEvidence, host: string, reason: string): Finding | null {
  const { looks, evidence } = looksAt(seen, host, reason);
  const small = looks.flatMap(({ mtu }) => (mtu !== null && mtu < usualMtu ? mtu : []));
  if (small.length === 0 || !looks.some(({ probe, result }) => probe === 'ssh-tcp' && result === 'ok')) return null;
  const mtu = Math.min(...small);
  const message = `Packets to and from ${host} that are larger than ${mtu} bytes vanish without a word; even SSH stalls.`;
  return findingOf('mtu-black-hole', { message, hosts: [host], evidence, values: { mtu: String(mtu) } });
}

/** The others tell whether the host is there and only its SSH port is closed, or nobody reaches it. */
function unreachable(seen: PreflightEvidence, host: string, reason: string): Finding {
  const { looks, evidence } = looksAt(seen, host, reason);
  if (looks.some(({ result }) => result === 'ok')) {
    const open = looks.filter(({ probe, result }) => probe === 'ssh-tcp' && result === 'ok').map(({ from }) => from);
    return findingOf('ssh-port-closed', { hosts: [host], evidence, ...(open.length > 0 ? openFor(host, open) : {}) });
  }
  const confidence = looks.some(({ result }) => result === 'failed') ? 'certain' : 'possible';
  return findingOf('host-cut-off', { hosts: [host], evidence, confidence });
}

/** The port is open, only not for us: on the way there, or on the way back. */
const openFor = (host: string, others: readonly string[]) => ({
  message: `SSH on ${host} answers ${others.join(', ')}, but not Flotilla's worker.`,
  fix: `Look on ${host}, by way of one of the others, where its answers to the worker go (\`ip route get <address of the worker>\`: not into docker_gwbridge or another bridge) and whether a firewall lets its address in; or reach it through them: \`flotilla host add ${host} --via ${others[0] ?? ''} …\`.`,
});
