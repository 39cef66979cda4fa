import type { CommandResult } from '#core/command/answer.ts';

export const text = (lines: readonly string[]): CommandResult => ({ kind: 'text', text: lines.join('\n') });

export const table = (title: string, columns: string[], rows: string[][]): CommandResult => ({
  kind: 'table',
  title,
  columns,
  rows,
});
