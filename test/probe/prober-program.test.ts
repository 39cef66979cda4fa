import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProbeCheck } from '#workers/probe/protocol.ts';
import { parseOutput, probeProtocol } from '#workers/probe/protocol.ts';
import { confined, runChecks, startProber } from './prober.ts';
import { canRun, makeWorld } from './world.ts';
import type { World } from './world.ts';

let world: World;
const near = () => ({ namespace: world.near, root: world.root });
const far = () => ({ namespace: world.far, root: world.root });

describe.skipIf(!canRun)('the prober as a program', () => {
  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.remove());

  test('checks run side by side within the limit, and each is told when it is known', async () => {
    const silent = Array.from({ length: 40 }, (_, id): ProbeCheck => ({
      kind: 'tcp',
      id: `${id}`,
      host: '10.9.3.1',
      port: 80,
      timeoutMs: 400,
    }));
    const prober = startProber(near(), { checks: [...silent, { kind: 'tcp', id: 'open', host: 'web', port: 80 }] });
    const started = performance.now();
    await prober.until((event) => event.event === 'check' && event.id === 'open');
    expect(prober.events.map((event) => event.event)).toEqual(['ready', 'check']);
    expect((await prober.ended).results).toHaveLength(41);
    expect(performance.now() - started).toBeLessThan(40 * 400 * 0.25);
    const slow = await runChecks(near(), silent.slice(0, 4), { concurrency: 2 });
    expect(Object.values(slow).map((result) => result.error)).toEqual(['timeout', 'timeout', 'timeout', 'timeout']);
  });

  test('a port that is taken is said, and the other listeners stand', async () => {
    const listen = [80, 0].map((port) => ({ proto: 'tcp' as const, address: '10.9.2.2', port }));
    const prober = startProber(far(), { listen, stdin: true });
    prober.closeStdin();
    const { code, ready } = await prober.ended;
    expect(ready).toMatchObject({
      protocol: probeProtocol,
      listeners: [{ port: 80, error: 'in_use' }, { proto: 'tcp' }],
    });
    expect(ready?.listeners[1]?.error).toBeUndefined();
    expect(code).toBe(0);
  });

  test('the end of the stay and TERM both end it, and what had not finished is told as such', async () => {
    const silent: ProbeCheck = { kind: 'tcp', id: 'silent', host: '10.9.3.1', port: 80, timeoutMs: 60_000 };
    const waiting: ProbeCheck = { ...silent, id: 'waiting' };
    const stay = await startProber(near(), { checks: [silent, waiting], concurrency: 1, stayMs: 300 }).ended;
    expect(stay.results.map((result) => [result.id, result.status, result.error])).toEqual([
      ['silent', 'skipped', 'not_finished'],
      ['waiting', 'skipped', 'not_finished'],
    ]);
    expect(stay.done).toMatchObject({ expired: true, skipped: 2 });
    const stopped = startProber(near(), { checks: [silent], listen: [{ proto: 'tcp', port: 0 }] });
    await stopped.ports();
    stopped.terminate();
    expect(await stopped.ended).toMatchObject({ code: 0, done: { expired: true, skipped: 1 } });
  });

  test('a check that makes no sense is skipped with the reason, the others run', async () => {
    const lines = [
      'fly a host=web',
      'tcp b host=web',
      'tcp c host=web port=99999',
      'tcp d host=web port=80',
      'tcp e host=web port=80 x=1',
    ];
    const { results } = parseOutput(await world.near.run(...confined(near()), '/probe', ...lines));
    expect(results.map((result) => `${result.id} ${result.status} ${result.detail}`).sort()).toEqual([
      'a skipped no such kind of check',
      'b skipped a tcp check needs port',
      'c skipped port is not valid',
      'd ok connected',
      'e skipped a tcp check takes no x',
    ]);
  });
});
