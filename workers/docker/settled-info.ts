import { setTimeout as pause } from 'node:timers/promises';
import type { EngineClient } from './engine.ts';
import { type EngineInfo, engineInfo } from './system.ts';
import { whileAlive } from './while-alive.ts';

/** Managers whose leader went away elect another within 10 to 20 s. */
const electionMs = 30_000;
const againMs = 500;

/**
 * `GET /info`, once the engine's swarm can be asked: while its managers have no leader, an engine knows nothing of
 * its own swarm, and that must not be taken for a swarm of somebody else. Without a leader in time, what it says last.
 */
export async function settledInfo(engine: EngineClient, limitMs = electionMs): Promise<EngineInfo> {
  const end = performance.now() + limitMs;
  for (;;) {
    const info = await whileAlive(engine, (options) => engineInfo(engine, options));
    if (!isLeaderless(info) || performance.now() > end) return info;
    await pause(againMs);
  }
}

const isLeaderless = ({ Swarm: swarm }: EngineInfo): boolean =>
  swarm.LocalNodeState === 'active' && swarm.ControlAvailable && (swarm.Cluster?.ID ?? '') === '' && swarm.Error !== '';
