import { open, stat } from 'node:fs/promises';
import type { EngineCall } from '../types.ts';

/** The text of a log from byte `from` on. */
export async function readFrom(file: string, from: number): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.max(0, size - from));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

export const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (found) => found.size,
    () => 0,
  );

/**
 * The changing calls in an engine's log. At debug level engines write `Calling POST /v1.41/networks/create` (20.10, 26)
 * or `handling POST request` with `method=POST request-url=/v1.51/networks/create` (28).
 */
export function changingCalls(log: string): EngineCall[] {
  return log.split('\n').flatMap((line) => {
    const found =
      /msg="Calling (POST|PUT|DELETE) ([^"\s]+)"/.exec(line) ??
      /msg="handling (POST|PUT|DELETE) request".* request-url="?([^"\s]+)/.exec(line);
    const [, method, path] = found ?? [];
    return isChanging(method) && path !== undefined ? [{ method, path: path.replace(/^\/v\d+\.\d+(?=\/)/, '') }] : [];
  });
}

const isChanging = (method: string | undefined): method is EngineCall['method'] =>
  method === 'POST' || method === 'PUT' || method === 'DELETE';
