import type { EngineClient } from '../docker/engine.ts';

/** Streams that stay open on one engine; the rest of its 32 connections is for what everybody else asks. */
const streamsMax = 16;

const taken = new WeakMap<EngineClient, number>();

/**
 * A place for a stream that stays open for hours, of all that are followed on one engine; the answer gives it back. Null
 * where there is none: then its log is read again and again. That is also so where each stream is a command of its own,
 * of which sshd runs few at a time.
 */
export async function takeStreamPlace(engine: EngineClient): Promise<(() => void) | null> {
  if (!(await engine.forwards())) return null;
  const before = taken.get(engine) ?? 0;
  if (before >= streamsMax) return null;
  taken.set(engine, before + 1);
  return () => taken.set(engine, (taken.get(engine) ?? 1) - 1);
}
