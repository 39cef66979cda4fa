import { rootCausesOf } from '#core/causes/finding-of.ts';
import { reasonOf } from '#core/log.ts';
import type { Lab } from '#lab/types.ts';
import { beyondBaseline } from './baseline.ts';
import type { FaultCase, Site } from './cases/types.ts';
import { groundsOf, judge, textOf, unseenIn } from './judge.ts';
import { settle } from './settle.ts';
import { cluster, isFormed } from './stages.ts';
import { falseAlarms, siteFor, type Theatre } from './theatre.ts';

export interface CaseResult {
  fault: string;
  /** All hosts of the lab. */
  nodes: number;
  /** Hosts on which it was made. */
  hosts: string[];
  expected: string;
  named: string;
  ok: boolean;
  /** What the report bases its findings on, where they are not the right ones. */
  told?: string[];
  /** From the request for the report to its end. */
  seconds: number;
  /** Findings that a healthy lab was told once it was whole again. */
  falseAlarms: string[];
  /** Why the lab did not become whole again by itself, by its own word: it was made anew. */
  notWhole?: string;
}

/** Injects, asks, judges, heals, and sees that the healthy verdict comes back. Gives whether the lab is whole again. */
export async function runCase(
  lab: Lab,
  theatre: Theatre,
  fault: FaultCase,
  random: () => number,
): Promise<{ result: CaseResult; isWhole: boolean }> {
  const site = siteFor(lab, theatre, fault, random);
  const result = await injectAndAsk(fault, site);
  if (fault.spoils === true) {
    await Promise.all(lab.hosts.map((host) => host.heal()));
    return { result, isWhole: false };
  }
  try {
    await fault.heal?.(site);
    await Promise.all(lab.hosts.map((host) => host.heal()));
    await settle(lab, isFormed(theatre.stage));
    result.falseAlarms = await falseAlarms(lab, theatre);
    return { result, isWhole: true };
  } catch (error) {
    result.notWhole = reasonOf(error);
    return { result, isWhole: false };
  }
}

async function injectAndAsk(fault: FaultCase, site: Site): Promise<CaseResult> {
  const base = { fault: fault.name, nodes: site.all.length, hosts: [site.bad.name], seconds: 0, falseAlarms: [] };
  try {
    const expected = await fault.inject(site);
    const started = performance.now();
    const asks = fault.asks?.(site) ?? site.spec;
    const report = await (fault.by === 'verify' ? site.plane.verify(cluster) : site.plane.preflight(asks));
    const seconds = Math.round(performance.now() - started) / 1000;
    const findings = beyondBaseline(report.findings);
    const judgement = judge({ ...report, findings }, expected);
    const told = judgement.ok ? {} : { told: [...rootCausesOf(findings).flatMap(groundsOf), ...unseenIn(report)] };
    return { ...base, expected: textOf(expected), ...judgement, ...told, seconds };
  } catch (error) {
    return { ...base, expected: '', named: `could not be tried: ${reasonOf(error)}`, ok: false };
  }
}
