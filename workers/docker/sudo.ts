import type { Duplex } from 'node:stream';
import type { Session } from '../ssh/connection.ts';

export const promptMark = 'flotilla-sudo-prompt:';
export const readyMark = 'flotilla-sudo-ready';
const limitMs = 15_000;

/**
 * Gives the password when sudo asks for it, once: a second question means that it was wrong, and more tries could lock
 * the account. The stream is handed out when the command runs, so that nothing meant for it is read as a password.
 */
export async function answerSudo(session: Session, password: string, refused: (why: string) => Error): Promise<Duplex> {
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  let asked = 0;
  const listen = (): void => {
    const said = session.said();
    if (said.includes(readyMark)) resolve();
    const questions = said.split(promptMark).length - 1;
    if (questions === asked) return;
    asked = questions;
    if (asked === 1) session.stream.write(`${password}\n`);
    else reject(refused('the sudo password was not accepted'));
  };
  const ended = (): void => reject(refused(session.said().trim() || 'sudo ended without a word'));
  const timer = setTimeout(() => reject(refused(`sudo did not answer within ${limitMs / 1000} s`)), limitMs);
  session.stderr.on('data', listen);
  session.stream.once('error', reject).once('close', ended);
  listen();
  try {
    await ready;
  } catch (error) {
    session.stream.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    session.stream.off('close', ended).off('error', reject);
  }
  return session.stream;
}
