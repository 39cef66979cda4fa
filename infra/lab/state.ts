import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { labPaths, labsFolder } from './paths.ts';
import { engineNames } from './root/release.ts';

const hostRecord = z.object({
  name: z.string(),
  index: z.int(),
  engine: z.enum(engineNames),
  root: z.string(),
  /** pid 1 of the host as the machine sees it; 0 while it boots. */
  pid: z.int(),
});

const labRecord = z.object({
  id: z.string(),
  number: z.int(),
  /** `starting` until every engine has answered once. */
  state: z.enum(['starting', 'up']),
  maker: z.object({ pid: z.int(), start: z.number() }),
  hosts: z.array(hostRecord),
});

export type HostRecord = z.infer<typeof hostRecord>;
export type LabRecord = z.infer<typeof labRecord>;

/** Written before anything is made, so that what a killed maker left can be found. */
export async function writeRecord(record: LabRecord): Promise<void> {
  const file = labPaths(record.id).record;
  await mkdir(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(record, null, 2));
  await rename(unfinished, file);
}

/** The record of a lab, or undefined when there is none (or none that can be read). */
export async function readRecord(id: string): Promise<LabRecord | undefined> {
  const text = await readFile(labPaths(id).record, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  return labRecord.parse(JSON.parse(text));
}

/** Ids of all labs that have a folder, up or not. */
export async function labIds(): Promise<string[]> {
  return (await readdir(join(labsFolder(), 'labs')).catch(() => [])).toSorted((a, b) => a.localeCompare(b));
}
