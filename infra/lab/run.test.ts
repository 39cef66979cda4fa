import { describe, expect, it } from 'vitest';
import { must, run } from './run.ts';

describe('running a program', () => {
  it('gives its outputs and its code', async () => {
    const script = 'cat; echo oops >&2; exit 3';
    expect(await run(['sh', '-c', script], { stdin: 'in' })).toEqual({ stdout: 'in', stderr: 'oops\n', code: 3 });
  });

  it('gives 127 for a program that is not there, and leaves no timer behind', async () => {
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    expect((await run(['no-such-program'])).code).toBe(127);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(timers);
  });

  it('kills what takes too long, with its children', async () => {
    const start = performance.now();
    const { code, stderr } = await run(['sh', '-c', 'sleep 61 & sleep 60'], { timeoutMs: 100 });
    expect([code, stderr]).toEqual([137, 'not done within 0.1 s']);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('does not wait for somebody who left the group and holds the pipes', async () => {
    const start = performance.now();
    expect((await run(['sh', '-c', 'setsid sleep 3 & sleep 60'], { timeoutMs: 100 })).code).toBe(137);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('says what failed', async () => {
    await expect(must(['sh', '-c', 'echo no >&2; exit 1'])).rejects.toThrow('ended with 1: no');
  });
});
