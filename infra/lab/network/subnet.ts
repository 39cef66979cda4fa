import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { labPaths, labsFolder } from '../paths.ts';
import { must } from '../run.ts';
import { LabRefusal } from '../types.ts';

const claims = (): string => join(labsFolder(), 'subnets');

/** Addresses of lab number N: hosts from .1 on, the switch with the registries .253, the machine .254. */
export function addressesOf(number: number) {
  const prefix = `10.79.${number}`;
  return {
    subnet: `${prefix}.0/24`,
    gateway: `${prefix}.254`,
    switchAddress: `${prefix}.253`,
    registry: `${prefix}.253:5000`,
    privateRegistry: `${prefix}.253:5001`,
    host: (index: number): string => `${prefix}.${index}`,
  };
}

/**
 * Takes a /24 that neither another lab nor a route of this machine has; the claim is a file with the lab's id.
 * To be called under the lock of the labs folder.
 */
export async function claimSubnet(id: string): Promise<number> {
  await mkdir(claims(), { recursive: true });
  await dropStaleClaims();
  const used = await routedNumbers();
  for (let number = 0; number < 256; number += 1) {
    if (!used.has(number) && (await claim(number, id))) return number;
  }
  throw new LabRefusal('All 256 networks of 10.79.0.0/16 are in use: take a lab down (npm run lab -- list).');
}

/** Gives back what this lab had claimed. */
export async function releaseSubnets(id: string): Promise<void> {
  for (const { file, owner } of await subnetClaims()) if (owner === id) await rm(file, { force: true });
}

async function claim(number: number, id: string): Promise<boolean> {
  try {
    await writeFile(join(claims(), String(number)), id, { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** Every claim, with the id of the lab that made it. */
export async function subnetClaims(): Promise<{ file: string; owner: string }[]> {
  const names = await readdir(claims()).catch(() => []);
  const files = names.map((name) => join(claims(), name));
  return Promise.all(files.map(async (file) => ({ file, owner: await readFile(file, 'utf8').catch(() => '') })));
}

async function dropStaleClaims(): Promise<void> {
  for (const { file, owner } of await subnetClaims()) {
    if (owner !== '' && !existsSync(labPaths(owner).folder)) await rm(file, { force: true });
  }
}

/** Third octets of 10.79.x.y that something on this machine routes already. */
async function routedNumbers(): Promise<Set<number>> {
  const routes = await must(['ip', '-4', 'route', 'show', 'table', 'all']);
  return new Set([...routes.matchAll(/\b10\.79\.(\d+)\.\d+/g)].map((match) => Number(match[1])));
}
