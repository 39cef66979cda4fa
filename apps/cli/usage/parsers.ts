import { InvalidArgumentError } from 'commander';
import { minutesOf } from '#core/length.ts';

/** A whole number in a range, for an option. */
export function wholeNumber(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
  return value;
}

export const portNumber = (text: string): number => wholeNumber(text, 1, 65_535);

/** Collects an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

export const wholeFrom1 = (text: string): number => wholeNumber(text, 1, 100_000);

export const wholeFrom0 = (text: string): number => wholeNumber(text, 0, 1_000_000);

/** A length of time such as `30m`, `2h` or `3d`, in minutes. */
export function minutes(text: string): number {
  const found = minutesOf(text);
  if (found === null) throw new InvalidArgumentError('Write a time such as 30m, 2h or 3d.');
  return found;
}
