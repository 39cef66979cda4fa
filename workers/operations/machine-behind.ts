import { type AppError, type ErrorCode, isErrorCode } from '#core/errors.ts';
import { type Machine, machineOf, whichMachine } from '#core/host.ts';
import type { HostFacts } from '#core/observation.ts';
import type { Observed } from '#core/observed.ts';

interface Asked {
  /** What is known of the machine that it is to be. */
  recorded: Machine;
  /** Whatever is behind the key is meant, and so is an engine that cannot tell. */
  force: boolean;
  /** What was shown: `the key`. */
  shown: string;
  cannotTell: (code: ErrorCode, reason: string) => AppError;
  isAnother: (seen: Machine) => AppError;
}

const nobody: Machine = { engineId: null, nodeId: null };

/**
 * What is known of the machine that has shown a key, in a sentence.
 * @throws AppError of the asker's where it is another one than on record, or cannot be told, and nobody said that this is meant
 */
export function machineBehind(facts: Observed<HostFacts>, asked: Asked): string {
  const { recorded, force, shown } = asked;
  if (!facts.known) {
    if (force || whichMachine(recorded, nobody) === 'not-recorded')
      return `${shown} was shown; no engine could be asked which machine it is`;
    const { code = '', reason } = facts;
    throw asked.cannotTell(isErrorCode(code) ? code : 'engine_unreachable', reason);
  }
  const seen = machineOf(facts.value.engine);
  const which = whichMachine(recorded, seen);
  if (which === 'not-recorded') return `${shown} was shown; no engine was on record to compare with`;
  if (which === 'same') return `${shown} was shown, and the engine behind it is the one on record`;
  if (!force) throw asked.isAnother(seen);
  return `${shown} was shown, and another engine than the one on record answers behind it`;
}
