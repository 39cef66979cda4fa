import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Stage {
  /** The shell as the CI system starts it. */
  shell: readonly string[];
  /** Commands by name, in place of the real ones. */
  commands: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
}

interface Played {
  code: number | null;
  stderr: string;
  /** The files that it left, by name. */
  left: Record<string, string>;
}

/** What becomes of a script of a pipeline, run in a folder of its own. */
export function played(script: string, { shell, commands, env = {} }: Stage): Played {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-example-'));
  try {
    for (const [name, text] of Object.entries(commands))
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const [program = 'sh', ...flags] = shell;
    const { status, stderr } = spawnSync(program, [...flags, '-c', script], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: `${folder}:/usr/bin:/bin`, ...env },
    });
    const left = readdirSync(folder).filter((name) => !(name in commands));
    return {
      code: status,
      stderr,
      left: Object.fromEntries(left.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
