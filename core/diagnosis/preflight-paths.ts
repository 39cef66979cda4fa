import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import { nameList } from '../name-list.ts';
import { usualMtu } from '../preflight/addresses.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { UnderlayProbe } from '../preflight/probes.ts';
import { blame, type Culprit } from './blame.ts';
import { byWay, waySet } from '../ways.ts';

/** How large packets may be on the way, where they seem to come from, and how long they take. */
export const pathFindings = (evidence: PreflightEvidence): Finding[] => [
  ...mtuFindings(evidence),
  ...sourceFindings(evidence),
  ...latencyFindings(evidence),
];

/** One ordered pair's large packets, where small ones pass. */
interface Large {
  from: string;
  to: string;
  fails: boolean;
  /** What passes, where it was measured. */
  mtu: number | null;
  /** Who said so, when somebody did. */
  said: string | null;
}

function mtuFindings(evidence: PreflightEvidence): Finding[] {
  const wanted = evidence.wants.mtu ?? usualMtu;
  const paths = pathsOf(evidence, wanted);
  const failed = paths.filter(({ fails }) => fails);
  const small = new Map(evidence.hosts.flatMap(({ name }) => smallLink(evidence, name, wanted)));
  const atLinks = failed.filter(({ from, to }) => small.has(from) || small.has(to));
  const others = failed.filter((path) => !atLinks.includes(path));
  const byLink = [...small].flatMap(([host, link]) => {
    const ways = atLinks.filter(({ from, to }) => from === host || to === host);
    return ways.length === 0
      ? []
      : [tooSmall(evidence, { hosts: [host], side: 'both', ways, confidence: 'certain' }, link)];
  });
  return [...byLink, ...blame(paths, others).map((culprit) => onTheWay(evidence, culprit, others))];
}

function pathsOf({ probes }: PreflightEvidence, wanted: number): Large[] {
  const probesOn = byWay(probes);
  return probes.flatMap((large) => {
    if (large.probe !== 'udp-large') return [];
    const { from, to } = large;
    const other = (name: UnderlayProbe['probe']) => probesOn(large).find(({ probe }) => probe === name);
    const measured = other('path-mtu');
    const smallPasses = other('udp-control')?.result === 'ok' || other('ping')?.result === 'ok';
    if (!smallPasses || (large.result !== 'ok' && large.result !== 'failed')) return [];
    const mtu = measured?.result === 'ok' && measured.mtu !== null && measured.mtu < wanted ? measured.mtu : null;
    const said = large.error === 'too_long' || /too long/i.test(measured?.detail ?? '') ? large.detail : null;
    return [{ from, to, fails: large.result === 'failed', mtu, said }];
  });
}

/** The interface with the data path address, when it carries less than overlays will send. */
function smallLink(
  { facts, addresses }: PreflightEvidence,
  host: string,
  wanted: number,
): [string, { iface: string; mtu: number }][] {
  const system = facts[host]?.system;
  if (system?.known !== true || !system.value.addresses.known) return [];
  const link = system.value.addresses.value.find(({ address }) => address === addresses[host]?.dataPath);
  return link === undefined || link.mtu >= wanted ? [] : [[host, { iface: link.iface, mtu: link.mtu }]];
}

/** Where the MTU of overlays is left to us it is chosen by what is measured, so it is worth knowing and stops nothing. */
const severityFor = ({ wants }: PreflightEvidence): Finding['severity'] => (wants.mtu === null ? 'warning' : 'error');

function tooSmall(
  evidence: PreflightEvidence,
  { hosts, confidence }: Culprit,
  link: { iface: string; mtu: number },
): Finding {
  return findingOf('mtu-too-small', {
    message: `${link.iface} of ${nameList(hosts)} carries packets of ${link.mtu} bytes only; an overlay of the usual MTU sends ${evidence.wants.mtu ?? usualMtu}.`,
    hosts,
    severity: severityFor(evidence),
    evidence: hosts.map((host) => `${host}: ${link.iface} has an MTU of ${link.mtu}`),
    confidence,
    values: { mtu: String(link.mtu), interface: link.iface },
  });
}

function onTheWay(evidence: PreflightEvidence, culprit: Culprit, paths: readonly Large[]): Finding {
  const ways = waySet(culprit.ways);
  const own = paths.filter((path) => ways.has(path));
  const told = own.find(({ said }) => said !== null);
  const measured = own.flatMap(({ mtu }) => mtu ?? []);
  const mtu = measured.length === 0 ? null : Math.min(...measured);
  const wanted = evidence.wants.mtu ?? usualMtu;
  const what = told === undefined ? 'vanish without a word' : 'are refused on the way as too long';
  const [only] = culprit.ways.length === 1 ? culprit.ways : [];
  return findingOf(told === undefined ? 'mtu-black-hole' : 'mtu-too-small', {
    message: `Packets of ${wanted} bytes from or to ${nameList(culprit.hosts)} ${what}${mtu === null ? '' : `; ${mtu} bytes pass`}.`,
    hosts: culprit.hosts,
    severity: severityFor(evidence),
    ...(only === undefined ? {} : { direction: { from: only.from, to: only.to } }),
    evidence: own.map(
      ({ from, to, mtu: passes, said }) =>
        `${from} → ${to}: ${passes === null ? 'small packets' : `up to ${passes} bytes`} pass, ${wanted} do not${said === null ? '' : ` (${said})`}`,
    ),
    confidence: culprit.confidence,
    ...(mtu === null ? {} : { values: { mtu: String(mtu) } }),
  });
}

/** What receivers saw as the source is not the address that the sender advertises: they will take it for a stranger. */
function sourceFindings({ probes, addresses, hosts, facts }: PreflightEvidence): Finding[] {
  return hosts.flatMap(({ name }) => {
    const known = addresses[name];
    if (known === undefined) return [];
    const wrong = probes.filter(
      ({ from, probe, source }) =>
        from === name &&
        source !== null &&
        (probe === 'udp-7946' ? source !== known.advertise : probe.startsWith('udp-') && source !== known.dataPath),
    );
    const [first] = wrong;
    if (first === undefined) return [];
    const own = facts[name]?.system;
    const isOwn =
      own?.known === true &&
      own.value.addresses.known &&
      own.value.addresses.value.some(({ address }) => address === first.source);
    const receivers = [...new Set(wrong.map(({ to }) => to))];
    const seen = receivers.map(
      (to) => `${to} saw packets of ${name} come from ${wrong.find((one) => one.to === to)?.source ?? ''}`,
    );
    return [
      findingOf('source-address-differs', {
        message: `${name} is to be known as ${known.dataPath}, and its packets arrive from ${first.source ?? ''}${isOwn ? '' : ', which is no address of its own (NAT)'}.`,
        hosts: [name],
        evidence: seen,
      }),
    ];
  });
}

const slowMs = 10;
const verySlowMs = 100;

function latencyFindings({ probes, wants }: PreflightEvidence): Finding[] {
  const slow = probes.filter(({ probe, from, to, ms, result }) => {
    if (probe !== 'ping' || result !== 'ok' || ms === null) return false;
    return ms > (wants.managers.includes(from) && wants.managers.includes(to) ? slowMs : verySlowMs);
  });
  if (slow.length === 0) return [];
  const hosts = [...new Set(slow.flatMap(({ from, to }) => [from, to]))];
  const evidence = slow.map(({ from, to, ms }) => `${from} → ${to}: ${(ms ?? 0).toFixed(1)} ms`);
  const severity = slow.some(({ ms }) => (ms ?? 0) > verySlowMs) ? 'warning' : 'note';
  return [findingOf('high-latency', { hosts, evidence, severity, confidence: 'likely' })];
}
