import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Client, unwrap } from '#api/client.ts';
import { bundled, compileCache } from '#test/cli/run-cli.ts';
import { plan } from './demo.ts';

const told = z.object({ url: z.string(), adminToken: z.string().optional() });

/** An API as a process of its own, to be killed or looked at from outside. */
export async function startApiProcess(dataDir: string) {
  const child = spawn(process.execPath, [...bundled('api'), dataDir], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) return { child, ...told.parse(JSON.parse(line)) };
  throw new Error('The API said nothing.');
}

/** Plans, and cancels every other one, until the API is gone; calls back with each answer that was 2xx. */
export async function askUntilGone(api: Client, onAnswer: (id: string, cancelled: boolean) => void): Promise<void> {
  for (let count = 0; ; count += 1) {
    const made = await plan(api).catch(() => null);
    if (made === null) return;
    onAnswer(made.id, false);
    if (count % 2 === 0) continue;
    const over = await unwrap(api.v1.operations[':id'].cancel.$post({ param: { id: made.id }, json: {} })).catch(
      () => null,
    );
    if (over === null) return;
    onAnswer(made.id, true);
  }
}
