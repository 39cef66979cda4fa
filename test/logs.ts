import { type Log, logTo } from '#core/log.ts';

/** A log that keeps warnings and faults as people read them at a terminal. */
export const faultsInto = (list: string[]): Log => logTo((entry) => list.push(entry), { form: 'text', level: 'warn' });

/** A log that keeps everything, as programs read it. */
export const allInto = (list: string[]): Log => logTo((entry) => list.push(entry), { form: 'json', level: 'debug' });
