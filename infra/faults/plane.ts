import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findingSchema } from '#core/finding.ts';
import type { SpecInput } from '#core/spec/spec.ts';
import type { Lab } from '#lab/types.ts';
import { run } from '#lab/run.ts';
import { startControlPlane } from '../demo/control-plane.ts';
import type { Report } from './judge.ts';

/**
 * A `flotilla up` of its own and the commands of a person, each a process of its own. All that they get to know of a
 * lab is the addresses of its hosts, their host keys, and the spec.
 */
export interface Plane {
  addHosts: (lab: Lab, users?: Readonly<Record<string, string>>) => Promise<void>;
  /** Forgets a host and registers it anew with another user. */
  useUser: (lab: Lab, host: string, user: string) => Promise<void>;
  /** Applies a spec. */
  apply: (spec: SpecInput, options?: ApplyOptions) => Promise<void>;
  verify: (cluster: string) => Promise<Report>;
  /** Of the hosts of a spec, formed or not. */
  preflight: (spec: SpecInput) => Promise<Report>;
  close: () => Promise<void>;
}

interface ApplyOptions {
  /** For one whose proof cannot pass. */
  mayFail?: boolean;
  /** Without the preflight, which would stop what is to be seen later. */
  unseen?: boolean;
}

const program = new URL('../../bin/flotilla', import.meta.url).pathname;
const limitMs = 300_000;

const reportSchema = z.object({
  verdict: z.string(),
  findings: z.array(findingSchema),
  checks: z.array(z.object({ result: z.string(), detail: z.string() })).default([]),
});
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export async function startPlane(lab: Lab): Promise<Plane> {
  const control = await startControlPlane(lab.sshKeyFile);
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-faults-'));
  const call = (args: string[]) =>
    run([program, ...args], { env: { ...process.env, FLOTILLA_DATA: control.folder }, timeoutMs: limitMs });
  const must = async (args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await call(args);
    if (code !== 0) throw new Error(`flotilla ${args.join(' ')} ended with ${code}: ${(stderr || stdout).trim()}`);
  };
  const fileOf = (spec: SpecInput): string => {
    const file = join(folder, 'spec.yaml');
    writeFileSync(file, JSON.stringify(spec)); // which is YAML as well
    return file;
  };
  const report = async (args: string[]): Promise<Report> => readReport(await call([...args, '--output', 'json']));
  const add = async (lab_: Lab, name: string, user: string): Promise<void> => {
    const host = lab_.host(name);
    const key = ['--fingerprint', await host.hostKeyFingerprint()];
    await must(['host', 'add', name, host.address, '--user', user, ...key, '--no-probe']);
  };
  return {
    addHosts: async (of, users = {}) => {
      for (const { name, user } of of.hosts) await add(of, name, users[name] ?? user);
    },
    useUser: async (of, name, user) => {
      await must(['host', 'rm', name, '--yes']);
      await add(of, name, user);
    },
    apply: async (spec, { mayFail = false, unseen = false } = {}) => {
      const args = ['apply', '-f', fileOf(spec), '--yes', ...(unseen ? ['--preflight', 'skip'] : [])];
      await (mayFail ? call(args) : must(args));
    },
    verify: (cluster) => report(['verify', cluster]),
    preflight: (spec) => report(['preflight', '--file', fileOf(spec)]),
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await control.stop();
    },
  };
}

/** The document that the command shows; a refusal without a report is one that names nothing. */
export function readReport({ stdout, stderr, code }: { stdout: string; stderr: string; code: number }): Report {
  const json = parsed(stdout);
  const report = reportSchema.safeParse(json);
  if (report.success) return report.data;
  const refusal = refusalSchema.safeParse(json);
  if (refusal.success) return { verdict: `${refusal.data.error.code}: ${refusal.data.error.message}`, findings: [] };
  return { verdict: `exit ${code}: ${stderr.trim().split('\n').slice(-3).join(' ')}`, findings: [] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
