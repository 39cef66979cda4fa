import { AppError } from '#core/errors.ts';
import { faultText } from '#core/log.ts';
import { refusalMessage } from '../blocks/answers.ts';
import type { Message } from '../blocks/text.ts';

/** What went wrong, for the person; a fault of ours goes to the log, without what he said. */
export function refusedMessage(error: unknown, log: (line: string) => void): Message {
  if (error instanceof AppError) return refusalMessage(error);
  log(`slack: ${faultText(error)}`);
  return refusalMessage({
    message: 'A fault of Flotilla itself; its log has the details',
    next: 'look with `/swarm ops ls` before you try again.',
  });
}
