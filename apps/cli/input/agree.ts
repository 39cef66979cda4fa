import { declined } from '#cli/progress/interrupted.ts';
import type { Session } from '#cli/session.ts';
import { askYesNo, cannotAsk } from './ask.ts';

/** Refuses where consent is needed and nobody can give it. Call it before anything is sent. */
export function mustBeAbleToAsk({ canAsk }: Session, yes: boolean): void {
  if (!yes && !canAsk) throw cannotAsk();
}

/** Goes on only with consent, given beforehand by `--yes` or now. @throws Interrupted when the answer is no. */
export async function agree(session: Session, yes: boolean, question: string): Promise<void> {
  mustBeAbleToAsk(session, yes);
  if (yes || (await askYesNo(question))) return;
  throw declined();
}
