import { parseArgs } from 'node:util';
import { diagnose } from '#core/diagnosis/diagnose.ts';
import { condensed } from '#core/reports/condense.ts';
import { htmlOf } from '#core/reports/html/page.ts';
import { reportOfVerification } from '#core/reports/report.ts';
import { known } from '#core/observed.ts';
import { evidenceOf, lookAt, overlay, symptomsOf } from '#core/testing/symptoms.ts';
import type { CheckResult } from '#core/verification.ts';
import { bothWays, peersOf } from '#workers/checks/vantages.ts';
import { checksFrom } from '#workers/checks/plan-checks.ts';
import type { Endpoint, EndpointView } from '#workers/checks/endpoints.ts';
import { pairsOf, verdictOf } from '#workers/checks/summarise.ts';
import type { Bench } from './bench.ts';
import { rounded } from './tools/statistics.ts';

const settings = {
  nodes: { type: 'string', default: '200' },
  closed: { type: 'string', default: '1' },
  full: { type: 'boolean', default: false },
} as const;

const serviceCount = 30;
const replicas = 6;
const network = overlay('net');

/**
 * What a verification of many nodes costs the worker besides the network: the checks are made up, as they come where
 * some nodes take in nothing on the data path, and everything else is what a real one goes through. No lab.
 */
export const judge: Bench = (args, { say }) => {
  const { values } = parseArgs({ args, options: settings });
  const hosts = Array.from({ length: Number(values.nodes) }, (_, at) => `h${at + 1}`);
  const closed = new Set(hosts.slice(0, Number(values.closed)));
  const { peers, sampled } = peersOf(hosts, values.full);
  const took: Record<string, number> = {};
  const timed = <T>(name: string, work: () => T): T => {
    const started = performance.now();
    const result = work();
    took[name] = Math.round(performance.now() - started);
    say(`${name} ${took[name]} ms`);
    return result;
  };
  const checks = timed('planMs', () => checksOf(hosts, peers, closed));
  const pairs = timed('pairsMs', () => pairsOf(peers, checks));
  const oneWay = [...bothWays(peers)].flatMap(([from, others]) =>
    others.map((to) => ({ network: network.name, from, to, arrived: !closed.has(to) })),
  );
  const symptoms = { ...seenOf(hosts), checks, evidence: closed.size === 0 ? null : evidenceOf({ oneWay }) };
  const findings = timed('diagnoseMs', () => diagnose(symptoms));
  const verdict = verdictOf(checks, pairs, findings);
  const about = { startedAt: new Date(0).toISOString(), seconds: 1, nodes: hosts, sampled };
  const whole = { ...about, verdict, pairs, checks, findings };
  const kept = timed('condenseMs', () => condensed(whole));
  const view = { id: 'ver_0', cluster: 'bench', operation: 'op_0', at: about.startedAt, verification: kept };
  const page = timed('pageMs', () => htmlOf(reportOfVerification(view)));
  const megabytes = (text: string): number => rounded(text.length / 1e6, 2);
  const numbers = {
    nodes: hosts.length,
    closed: closed.size,
    pairs: pairs.length,
    checks: checks.length,
    causes: [...new Set(findings.map(({ id }) => id))],
    ...took,
    wholeMb: megabytes(JSON.stringify(whole)),
    keptMb: megabytes(JSON.stringify(kept)),
    pageMb: megabytes(page),
  };
  const named = findings.filter(({ id }) => id === 'data-port-blocked').length;
  const isNamed = named === closed.size && findings.length === named;
  return Promise.resolve({ numbers, invalid: isNamed ? null : `${named} of ${closed.size} closed nodes were named` });
};

/** All checks of the overlay as a verification plans them, with what comes of them where some nodes are closed. */
function checksOf(
  hosts: readonly string[],
  peers: ReadonlyMap<string, readonly string[]>,
  closed: ReadonlySet<string>,
): CheckResult[] {
  const view = viewOf(hosts);
  const bulk = hosts.map((host, at) => ({ host, network: network.name, address: addressOf(1, at) }));
  const planned = hosts.flatMap((from) =>
    checksFrom({ from, networks: [network], peers: peers.get(from) ?? [], away: new Set() }, view, bulk),
  );
  return planned.map(({ ask: _ask, expect: _expect, ...one }): CheckResult => {
    // Names are told by gossip, which takes another port.
    const isLost = one.level !== 'L3' && one.to !== null && (closed.has(one.to) || closed.has(one.from));
    return isLost
      ? { ...one, result: 'failed', detail: 'no answer within 2000 ms', ms: null, error: 'timeout' }
      : { ...one, result: 'ok', detail: 'answers', ms: 0.2 };
  });
}

function viewOf(hosts: readonly string[]): EndpointView {
  const names = Array.from({ length: serviceCount }, (_, at) => `service-${at + 1}`);
  const about = { network: network.name, ports: [80] };
  const endpoints = names.flatMap((name, service) =>
    Array.from({ length: replicas }, (_, replica): Endpoint => {
      const at = service * replicas + replica;
      const host = hosts[(service * 7 + replica * 31) % hosts.length] ?? '';
      return { ...about, kind: 'task', name, host, address: addressOf(0, at), containerId: `c${at}` };
    }),
  );
  // Where nothing runs on the network a prober is attached, and is asked like any other container.
  const probers = hosts.flatMap((host, at): Endpoint[] =>
    endpoints.some((one) => one.host === host)
      ? []
      : [
          {
            ...about,
            kind: 'container',
            name: `probe-${host}`,
            host,
            address: addressOf(2, at),
            containerId: `p${at}`,
          },
        ],
  );
  const services = names.map((name) => ({
    name,
    networks: [network.name],
    ports: [80],
    hosts: endpoints.filter((one) => one.name === name).map(({ host }) => host),
  }));
  return {
    networks: [network],
    endpoints: [...endpoints, ...probers],
    elsewhere: [],
    services,
    isWhole: true,
    unseen: {},
  };
}

const addressOf = (block: number, at: number): string => `10.200.${block * 64 + (at >> 8)}.${at & 255}`;

const seenOf = (hosts: readonly string[]) => ({
  ...symptomsOf(),
  hosts: Object.fromEntries(hosts.map((host) => [host, lookAt(host)])),
  swarm: known({
    dataPathPort: 4789,
    networks: [network],
    nodes: hosts.map((host) => ({ id: `node-${host}`, host, role: 'worker' as const, state: 'ready', message: '' })),
  }),
});
