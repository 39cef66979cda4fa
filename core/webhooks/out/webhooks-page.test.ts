import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { outEventSchema, outEventTypes } from './contract.ts';

const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
const section = page.split('## Tell others\n')[1] ?? '';

describe('docs/webhooks.md', () => {
  test('lists the events that people outside may be told of, and no other', () => {
    const cells = [...section.matchAll(/^\| (`[a-z.`, -]+`) +\|/gm)].map(([, cell = '']) => cell.replaceAll('`', ''));
    const told = cells.flatMap((cell) => {
      const [first = '', ...more] = cell.split(', ');
      return [first, ...more.map((end) => (end.startsWith('.') ? first.split('.')[0] + end : end))];
    });
    expect(told).toEqual(outEventTypes);
  });

  test('shows an event in the form in which it is sent', () => {
    const { shape } = outEventSchema;
    const shown: unknown = JSON.parse(/```json\n([^]*?)```/.exec(section)?.[1] ?? '');
    const whole = outEventSchema.extend({ data: shape.data.strict() }).strict();
    expect(whole.parse(shown)).toEqual(shown);
  });
});
