import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const windowMs = 250;
const quietShare = 0.15;
const limitMs = 20_000;

/**
 * Waits until the machine did next to nothing for two windows, so that what was started before is not timed with what
 * comes. Gives up after 20 s: on a machine that others use it never gets quiet. Tells the share that was busy at last.
 */
export async function quiet(signal: AbortSignal): Promise<number> {
  const end = performance.now() + limitMs;
  let quietWindows = 0;
  let busy = 1;
  while (quietWindows < 2 && performance.now() < end) {
    const before = cpuTimes();
    await pause(windowMs, undefined, { signal });
    const after = cpuTimes();
    busy = (after.busy - before.busy) / Math.max(1, after.all - before.all);
    quietWindows = busy <= quietShare ? quietWindows + 1 : 0;
  }
  return busy;
}

function cpuTimes(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const all = times.reduce((sum, { user, nice, sys, idle: rest, irq }) => sum + user + nice + sys + rest + irq, 0);
  return { busy: all - idle, all };
}
