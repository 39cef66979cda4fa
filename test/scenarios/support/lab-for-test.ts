import { expect } from 'vitest';
import { createLab } from '#lab/lab.ts';
import { leftovers } from '#lab/leftovers.ts';
import { startOf } from '#lab/process.ts';
import { readRecord } from '#lab/state.ts';
import { takeDown } from '#lab/take-down.ts';
import type { EngineCall, Lab, LabOptions } from '#lab/types.ts';

/** A lab of its own for one test file; one of that id whose maker died before it could take it down is cleared first. */
export async function labForTest(options: LabOptions & { id: string }): Promise<Lab> {
  const before = await readRecord(options.id);
  if (before !== undefined && startOf(before.maker.pid) !== before.maker.start) await takeDown(options.id);
  return createLab(options);
}

/** Takes it down and looks at the machine: nothing of it may be left. */
export async function takeDownWhole(lab: Lab): Promise<void> {
  await lab.down();
  expect(await leftovers(lab.id)).toEqual([]);
}

/** The logs of all engines of a lab, from one moment on. */
export interface Marks {
  /** Changing calls since then, by host; hosts without one are left out. */
  calls: () => Promise<Record<string, string[]>>;
}

/** Remembers where each engine's log ends now. */
export async function markEngines(lab: Lab): Promise<Marks> {
  const marks = await Promise.all(lab.hosts.map(async (host) => ({ host, mark: await host.engineMark() })));
  return {
    calls: async () => {
      const perHost = await Promise.all(
        marks.map(async ({ host, mark }) => [host.name, (await host.engineCalls(mark)).map(callText)] as const),
      );
      return Object.fromEntries(perHost.filter(([, calls]) => calls.length > 0));
    },
  };
}

const callText = ({ method, path }: EngineCall): string => `${method} ${path}`;
