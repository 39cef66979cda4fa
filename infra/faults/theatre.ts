import type { Lab } from '#lab/types.ts';
import { beyondBaseline } from './baseline.ts';
import type { FaultCase, Site, StageName } from './cases/types.ts';
import { type Report, textOf, unseenIn } from './judge.ts';
import { type Plane, startPlane } from './plane.ts';
import { oneOf } from './seed.ts';
import { settle } from './settle.ts';
import { cluster, isFormed, specOf } from './stages.ts';

/** A lab that is in some stage, with a control plane that knows its hosts. */
export interface Theatre {
  stage: StageName;
  plane: Plane;
  close: () => Promise<void>;
}

/** Fresh engines, a fresh control plane, and the swarm that the stage asks for. Throws when that does not come about. */
export async function setUp(lab: Lab, stage: StageName): Promise<Theatre> {
  await lab.renew();
  const plane = await startPlane(lab);
  try {
    await plane.addHosts(lab);
    const spec = specOf(stage, namesOf(lab));
    if (isFormed(stage)) await plane.apply(spec);
    await settle(lab, isFormed(stage));
    return { stage, plane, close: () => plane.close() };
  } catch (error) {
    await plane.close();
    throw error;
  }
}

const namesOf = (lab: Lab): string[] => lab.hosts.map(({ name }) => name);

/** Draws the bad host, and another one. */
export function siteFor(lab: Lab, { stage, plane }: Theatre, { on }: FaultCase, random: () => number): Site {
  const [manager, ...workers] = lab.hosts;
  if (manager === undefined) throw new Error('a lab has a host at least');
  const drawn = on === 'manager' ? [manager] : on === 'worker' ? workers : lab.hosts;
  const bad = oneOf(drawn, random);
  const others = (on === 'worker' ? workers : lab.hosts).filter((host) => host !== bad);
  const all = namesOf(lab);
  return { lab, plane, spec: specOf(stage, all), manager, bad, other: oneOf(others, random), all };
}

/** What a report of a healthy lab says beyond the baseline; empty when all is well. */
export async function falseAlarms(lab: Lab, { stage, plane }: Theatre): Promise<string[]> {
  return alarmsIn(await lookAt(lab, stage, plane));
}

export const lookAt = (lab: Lab, stage: StageName, plane: Plane): Promise<Report> =>
  isFormed(stage) ? plane.verify(cluster) : plane.preflight(specOf(stage, namesOf(lab)));

function alarmsIn(report: Report): string[] {
  const alarms = beyondBaseline(report.findings).map((finding) =>
    [`${finding.severity} ${textOf(finding)}`, ...finding.evidence].join(', '),
  );
  if (report.verdict === 'passed') return alarms;
  return [[`verdict ${report.verdict}`, ...unseenIn(report)].join(', '), ...alarms];
}
