import { findingOf } from '../causes/finding-of.ts';
import type { Finding } from '../finding.ts';
import { isApiAtLeast } from '../plan/api-version.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import type { EngineSide } from '../preflight/facts.ts';

/** Engine 20.10: the oldest whose API has all that is used. */
const oldestApi = '1.41';

/** Releases with a fault of their own: `applies` looks at the version as numbers. */
const badReleases: { applies: (version: Version) => boolean; encryptedOnly?: true; mild?: true; what: string }[] = [
  {
    applies: ([a, b, c]) => a === 29 && b === 0 && c === 0,
    what: 'DNS on other networks of a node is broken (moby#51515)',
  },
  {
    applies: ([a, b, c]) => a === 28 && b === 0 && c === 0,
    what: 'rules of ingress are in a wrong order (moby#49538)',
  },
  { applies: ([a, b, c]) => a === 29 && b === 1 && c < 5, what: 'connections drop when a task stops' },
  {
    applies: ([a, b, c]) =>
      (a === 25 && b === 0 && (c === 13 || c === 14)) || (a === 29 && (b < 2 || (b === 2 && c < 1))),
    encryptedOnly: true,
    what: 'encrypted networks are dead towards other releases',
  },
  // Known for years, and gone around: nodes leave one after the other, and a port that is held is seen before a join.
  { applies: ([a]) => a < 28, mild: true, what: 'gossip may stay dead after nodes left in a hurry (moby#47859)' },
];
type Version = [major: number, minor: number, patch: number];

/** What engines say of themselves that stands in the way of a swarm. */
export const engineFindings = (evidence: PreflightEvidence): Finding[] => [
  ...evidence.hosts.flatMap(({ name }) => {
    const engine = evidence.facts[name]?.engine;
    return engine?.known === true ? ofEngine(name, engine.value, evidence) : [];
  }),
  ...badReleaseFindings(evidence),
];

function ofEngine(host: string, engine: EngineSide, evidence: PreflightEvidence): Finding[] {
  const { facts, firewall } = engine;
  const found: Finding[] = [];
  const hosts = [host];
  const isMember = evidence.members.includes(host);
  if (!isApiAtLeast(facts.apiVersion, oldestApi)) {
    found.push(
      findingOf('engine-too-old', { hosts, evidence: [`${host}: engine ${facts.version}, API ${facts.apiVersion}`] }),
    );
  }
  if (facts.liveRestore && !isMember) found.push(findingOf('live-restore-on', { hosts }));
  if (facts.rootless) found.push(findingOf('rootless-engine', { hosts }));
  const refusesNft = firewall.known && firewall.value.startsWith('nftables');
  if (refusesNft) found.push(findingOf('nftables-backend', { hosts, evidence: [`${host}: engine ${facts.version}`] }));
  const { nodeId, state } = facts.swarm;
  if (state === 'active' && evidence.ours !== null && nodeId !== null && !evidence.ours.includes(nodeId)) {
    found.push(findingOf('in-other-swarm', { hosts, evidence: [`${host} is node ${nodeId}, which is none of ours`] }));
  }
  if (facts.swarm.state === 'locked') found.push(findingOf('manager-locked', { hosts }));
  return found;
}

/** One finding for each fault, however many hosts have the release. */
function badReleaseFindings({ hosts, facts, wants }: PreflightEvidence): Finding[] {
  const versions = hosts.flatMap(({ name }) => {
    const engine = facts[name]?.engine;
    return engine?.known === true
      ? [{ name, text: engine.value.facts.version, version: versionOf(engine.value.facts.version) }]
      : [];
  });
  const bad = badReleases.flatMap(({ applies, encryptedOnly, mild = false, what }) =>
    encryptedOnly === true && !wants.encrypted
      ? []
      : versions.flatMap(({ name, text, version }) =>
          applies(version) ? [{ name, mild, line: `${name} has ${text}: ${what}` }] : [],
        ),
  );
  // What is gone around everywhere is told apart from what is broken on some.
  return [false, true].flatMap((isMild) => {
    const own = bad.filter(({ mild }) => mild === isMild);
    if (own.length === 0) return [];
    const names = [...new Set(own.map(({ name }) => name))];
    const severity = isMild ? ({ severity: 'note' } as const) : {};
    return [findingOf('known-bad-engine', { hosts: names, evidence: own.map(({ line }) => line), ...severity })];
  });
}

function versionOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  return [major, minor, patch];
}
