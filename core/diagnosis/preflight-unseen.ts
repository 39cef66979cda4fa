import type { Observed } from '../observed.ts';
import type { PreflightEvidence } from '../preflight/evidence.ts';
import { kernelFeatures, type SystemSide } from '../preflight/facts.ts';
import type { CheckResult } from '../verification.ts';

/** One line for each side of a host, and one for each fact that matters and could not be seen, with the reason. */
export function factChecks(evidence: PreflightEvidence): CheckResult[] {
  return evidence.hosts.flatMap(({ name }) => {
    const facts = evidence.facts[name];
    if (facts === undefined) return [];
    const unprobed = evidence.unprobed[name];
    return [
      seen(name, 'engine', facts.engine),
      seen(name, 'system', facts.system),
      ...(facts.system.known ? missing(evidence, name, facts.system.value) : []),
      ...(unprobed !== undefined && facts.engine.known ? [lineOf(name, 'prober', 'unknown', unprobed.message)] : []),
    ];
  });
}

const lineOf = (from: string, check: string, result: CheckResult['result'], detail: string): CheckResult => ({
  level: 'L0',
  check,
  network: null,
  from,
  to: null,
  target: from,
  result,
  detail,
  ms: null,
});

const seen = (host: string, check: string, fact: Observed<unknown>): CheckResult =>
  fact.known ? lineOf(host, check, 'ok', 'seen') : lineOf(host, check, 'unknown', fact.reason);

/** Facts that need a right or a tool that is not there are skipped: they are never taken for good. */
function missing({ wants }: PreflightEvidence, host: string, system: SystemSide): CheckResult[] {
  const forEncryption = ['esp', 'policy', 'bpf', 'u32'];
  const facts: [string, Observed<unknown>][] = [
    ['clock', system.clockOffsetMs],
    ['disk', system.disk],
    ['addresses', system.addresses],
    ['routes', system.routes],
    ['ports', system.ports],
    ['resolvers', system.resolvers],
    ['machine-id', system.machineId],
    ['virtualisation', system.virtualisation],
    ...kernelFeatures
      .filter((name) => wants.encrypted || !forEncryption.includes(name))
      .map((name): [string, Observed<unknown>] => [`kernel ${name}`, system.features[name]]),
  ];
  return facts.flatMap(([check, fact]) => (fact.known ? [] : [lineOf(host, check, 'skipped', fact.reason)]));
}
