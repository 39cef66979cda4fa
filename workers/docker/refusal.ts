import { AppError, type ErrorCode } from '#core/errors.ts';

/** The engine answered, and said no. `status` is the HTTP status, `engineMessage` its own words. */
export class EngineRefusal extends AppError {
  readonly status: number;
  readonly engineMessage: string;

  constructor(host: string, call: string, status: number, engineMessage: string) {
    const { code, next } = classify(engineMessage);
    const said = withoutSwarmKeys(engineMessage) || `HTTP ${status} without a message`;
    super(code, `The engine on ${host} refused ${call}: ${said}`, {
      host,
      // An engine that fails on its own side may have gone part of the way: a join goes on after its 503.
      done: status < 500 ? 'The engine did not carry out this call.' : 'Part of it may have been done on the host.',
      ...(next === undefined ? {} : { next }),
    });
    this.status = status;
    this.engineMessage = said;
  }
}

/** Whether an error is a refusal by the engine, with one of these statuses when any are given. */
export const isRefusal = (error: unknown, ...statuses: number[]): error is EngineRefusal =>
  error instanceof EngineRefusal && (statuses.length === 0 || statuses.includes(error.status));

/** Somebody else has changed the object since it was read: read it again. */
export const isOutOfSequence = (error: unknown): boolean =>
  error instanceof AppError && error.message.includes('update out of sequence');

/** The answer, or null when the engine said that there is no such object. */
export async function orNullOn404<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

/** Join tokens and gossip keys never leave the worker, whatever an engine quotes. */
export const withoutSwarmKeys = (text: string): string =>
  text
    .replaceAll(/SWMTKN-[0-9A-Za-z-]+/g, 'SWMTKN-…')
    .replaceAll(/SWMKEY-[0-9A-Za-z+/=-]+/g, 'SWMKEY-…')
    .trim();

const imageMissing =
  /no such image|manifest unknown|manifest for .* not found|pull access denied|repository .* not found/i;
const portTaken = /port is already allocated|address already in use|port '?\d+'? is already in use/i;

function classify(message: string): { code: ErrorCode; next?: string } {
  if (imageMissing.test(message)) {
    return { code: 'image_not_found', next: 'Check the name and tag of the image, and that the host may pull it.' };
  }
  if (portTaken.test(message)) {
    return { code: 'port_taken', next: 'Choose another published port, or free this one on the host.' };
  }
  if (message.includes('bind source path does not exist')) {
    return {
      code: 'engine_error',
      next: 'Make that path on the host, or take the mount out of the spec; then apply again.',
    };
  }
  return { code: 'engine_error' };
}
