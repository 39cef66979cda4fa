import { findingOf } from '../causes/finding-of.ts';
import type { CheckResult } from '../verification.ts';
import { nameList } from '../name-list.ts';
import { blameOnce, culpritFinding, whereText } from './blocked.ts';
import { explainsOn } from './data-path.ts';
import { linesOf, type Rule, type Ruling, ruling, hostsOf } from './ruling.ts';
import { isAbout } from './tasks.ts';
import type { ServiceLook, Symptoms } from './symptoms.ts';
import { byWay, distinctWays, waySet } from '../ways.ts';
import { naturally } from '../natural-order.ts';

const isTcp = ({ level, check }: CheckResult): boolean =>
  level === 'L5' && (check === 'tcp' || check === 'bulk' || check === 'http');

/** ICMP passes in all sizes and no TCP connection comes up, whichever container it goes to: spoiled checksums. */
export const checksumRule: Rule = ({ symptoms, open }) => {
  const pairs = symptoms.checks.filter((one) => isTcp(one) && one.to !== null && one.from !== one.to);
  const tested = distinctWays(pairs.filter(({ result }) => result === 'ok' || result === 'failed'));
  const silent = new Set(open.filter(({ error }) => error === 'timeout'));
  const connections = byWay(pairs.filter(({ check }) => check !== 'http'));
  const pings = byWay(symptoms.checks.filter(({ level }) => level === 'L4'));
  const failed = tested.filter((way) => {
    const [tried, echoes] = [connections(way), pings(way)];
    const isSilent = tried.length > 0 && tried.every((one) => silent.has(one));
    return isSilent && echoes.length > 0 && echoes.every(({ result }) => result === 'ok');
  });
  return blameOnce(tested, failed).map((culprit) => {
    const ways = waySet(culprit.ways);
    const own = open.filter((one) => isTcp(one) && ways.has(one));
    const finding = culpritFinding('checksum-offload', culprit, {
      message: `Pings of all sizes pass ${whereText(culprit)}, and no TCP connection comes up: the network card spoils checksums.`,
      evidence: linesOf(own),
    });
    return ruling({ ...finding, confidence: 'likely' }, explainsOn(symptoms, culprit.ways));
  });
};

/**
 * Services with a virtual IP on kernels without ip_vs: it cannot answer there, whatever was asked. Where the kernel has
 * it and the virtual IP does not answer while the tasks run, the balancer is broken.
 */
export const vipRule: Rule = ({ symptoms, open }) => {
  const services = symptoms.services.filter(({ vip, running }) => vip && running > 0);
  const without = Object.entries(symptoms.hosts).flatMap(([host, { ipVs }]) =>
    ipVs.known && !ipVs.value ? [host] : [],
  );
  const byVip = open.filter(
    (one) => one.level === 'L5' && one.to === null && services.some(({ name }) => isAbout(name, one)),
  );
  const unable = services.length === 0 ? [] : without;
  const broken = byVip.filter(({ check, from }) => check === 'tcp' && !unable.includes(from));
  return [...unableRulings(services, unable, byVip), ...brokenRulings(services, broken)];
};

function unableRulings(
  services: readonly ServiceLook[],
  hosts: readonly string[],
  byVip: readonly CheckResult[],
): Ruling[] {
  if (hosts.length === 0) return [];
  const names = nameList(services.map(({ name }) => name));
  const own = byVip.filter(({ from }) => hosts.includes(from));
  const finding = findingOf('kernel-no-ipvs', {
    message: `The virtual IP of ${names} cannot answer on ${nameList(hosts)}: the kernel has no ip_vs.`,
    hosts,
    evidence: linesOf(own),
    severity: 'error',
  });
  const isMesh = ({ level, target }: CheckResult): boolean =>
    level === 'L6' &&
    services.some(({ name, ingressPorts }) => ingressPorts.length > 0 && target.startsWith(`${name} `));
  return [ruling(finding, (one) => own.includes(one) || isMesh(one))];
}

const brokenRulings = (services: readonly ServiceLook[], broken: readonly CheckResult[]): Ruling[] =>
  services.flatMap(({ name }) => {
    const own = broken.filter((one) => isAbout(name, one));
    if (own.length === 0) return [];
    const hosts = hostsOf(own);
    const finding = findingOf('vip-dead', {
      message: `The virtual IP of ${name} does not answer on ${nameList(hosts)}, while its tasks run.`,
      hosts,
      evidence: linesOf(own),
      values: { service: name },
      confidence: 'likely',
    });
    const explains = ({ level, to, from }: CheckResult): boolean =>
      level === 'L5' && to === null && hosts.includes(from);
    return [ruling(finding, (one) => explains(one) && isAbout(name, one))];
  });

/** The container itself refuses: nothing listens there. */
export const listeningRule: Rule = ({ open }) => {
  const refused = open.filter(({ level, check, error }) => level === 'L5' && check === 'tcp' && error === 'refused');
  return [...Map.groupBy(refused, ({ target }) => target)].map(([target, own]) => {
    const hosts = [...new Set(own.flatMap(({ to }) => (to === null ? [] : [to])))].toSorted(naturally);
    const message = `Nothing listens at ${target}: the container refuses the connection itself.`;
    const [, port = ''] = /:(\d+)$/u.exec(target) ?? [];
    const finding = findingOf('port-not-listening', { message, hosts, evidence: linesOf(own), values: { port } });
    return ruling(finding, (one) => own.includes(one) || (one.check === 'http' && one.target.includes(target)));
  });
};

/** Ports asked for from outside that stay silent, and URLs that answer otherwise than the spec expects. */
export const publishedRule: Rule = ({ symptoms, open }) => {
  const outside = open.filter(({ level }) => level === 'L6');
  const wrong = outside.filter(({ error }) => error === 'http_status');
  const dead = outside.filter((check) => !wrong.includes(check));
  const notForwarding = Object.entries(symptoms.hosts).flatMap(([host, { ipForward }]) =>
    ipForward.known && !ipForward.value ? [host] : [],
  );
  const explained = dead.filter(({ to }) => to !== null && notForwarding.includes(to));
  const byPort = Map.groupBy(
    dead.filter((check) => !explained.includes(check)),
    (check) => (check.check === 'published' ? portOf(check) : check.target),
  );
  return [
    ...wrong.map((check) =>
      ruling(
        findingOf('http-wrong-answer', {
          message: `${check.target} answers otherwise than the spec expects: ${check.detail}.`,
          evidence: linesOf([check]),
        }),
        (one) => one === check,
      ),
    ),
    ...[...byPort].map(([what, own]) => {
      const hosts = [...new Set(own.flatMap(({ to }) => (to === null ? [] : [to])))].toSorted(naturally);
      const at = hosts.length === 0 ? '' : ` on ${nameList(hosts)}`;
      const told = isRefusedInside(symptoms, what, own)
        ? refusedInside(what, nameList(hosts))
        : { message: `The published port ${what} does not answer from outside${at}.` };
      return ruling(findingOf('published-port-dead', { ...told, hosts, evidence: linesOf(own) }), (one) =>
        own.includes(one),
      );
    }),
  ];
};

/** The port of a check, without the host where it was asked for: `web 8080`. */
const portOf = ({ target }: CheckResult): string => target.replace(/ \S+:/u, ' ');

/**
 * A port in host mode leads straight into the container on that host: where each of them refuses, and none is silent, it
 * is hardly the firewall of all of them.
 */
function isRefusedInside({ services, checks }: Symptoms, what: string, own: readonly CheckResult[]): boolean {
  const [name, port] = what.split(' ');
  const service = services.find((one) => one.name === name);
  if (service === undefined || service.running === 0 || service.ingressPorts.includes(Number(port))) return false;
  const all = checks.filter((one) => one.check === 'published' && portOf(one) === what);
  return own.every(({ error }) => error === 'refused') && all.every(({ result }) => result === 'failed');
}

const refusedInside = (what: string, hosts: string) => {
  const [service = '', port = ''] = what.split(' ');
  return {
    message: `The published port ${what} is refused on ${hosts}, wherever its tasks run: as a rule nothing in the container listens on the port that it leads to.`,
    fix: `\`flotilla service logs ${service} --cluster <cluster>\` shows what its tasks printed: does the program listen on 0.0.0.0, and on the port behind \`${port}:\`? If it does, a firewall on ${hosts} refuses: \`iptables -S INPUT\`.`,
    confidence: 'likely' as const,
  };
};

/** Hosts that do not forward: told with or without a port that fails over it, since containers reach nothing then. */
export const forwardRule: Rule = ({ symptoms }) =>
  Object.entries(symptoms.hosts).flatMap(([host, { ipForward }]) => {
    if (!ipForward.known || ipForward.value) return [];
    const finding = findingOf('ip-forward-off', {
      message: `${host} does not forward packets: containers reach nothing outside, and published ports do not answer.`,
      hosts: [host],
      evidence: [`${host}: net.ipv4.ip_forward = 0`],
    });
    return [
      ruling(finding, ({ level, to, from }) => (level === 'L6' && to === host) || (level === 'L1' && from === host)),
    ];
  });
