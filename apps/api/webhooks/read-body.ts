import { joined } from '#core/audit/base64.ts';
import { AppError } from '#core/errors.ts';

interface BodyLimits {
  bytesMax: number;
  withinMs: number;
}

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * The bytes of a body as they came. Not more than so many, not longer than so long, and never unpacked: a few packed
 * kilobytes can be gigabytes. @throws AppError `payload_too_large`, `request_timeout`, `unsupported_media_type`
 */
export async function readBody(request: Request, limits: BodyLimits): Promise<Bytes> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw packed(encoding);
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > limits.bytesMax) throw tooLarge(limits.bytesMax);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow(limits.withinMs)), limits.withinMs);
  try {
    // What has announced its length cannot be longer, and is read at once.
    const whole = Number.isNaN(announced) ? counted(request, limits.bytesMax, late) : request.arrayBuffer();
    return new Uint8Array(await Promise.race([whole, late]));
  } finally {
    clearTimeout(timer);
  }
}

async function counted(request: Request, bytesMax: number, late: Promise<never>): Promise<Bytes> {
  const reader = request.body?.getReader();
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const next = await Promise.race([reader?.read(), late]);
      if (next === undefined || next.done) break;
      bytes += next.value.byteLength;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      parts.push(next.value);
    }
  } catch (error) {
    void reader?.cancel().catch(() => undefined);
    throw error;
  }
  return joined(...parts);
}

/** Whoever sends too much or too slowly is not waited for. */
const hangUp = { connection: 'close' };
const done = 'Nothing was done.';

const packed = (encoding: string): AppError =>
  new AppError('unsupported_media_type', `A body that is packed (${encoding}) is not read here`, {
    done,
    next: 'Send it as it is, without Content-Encoding.',
    headers: hangUp,
  });
const tooLarge = (bytesMax: number): AppError =>
  new AppError('payload_too_large', `The body is larger than ${bytesMax} bytes`, { done, headers: hangUp });
const tooSlow = (withinMs: number): AppError =>
  new AppError('request_timeout', `The body was not there within ${withinMs / 1000} s`, { done, headers: hangUp });
