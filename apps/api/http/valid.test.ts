import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { issuesOf, parsed } from './valid.ts';

const schema = z.strictObject({ nodes: z.record(z.string(), z.strictObject({ port: z.number() })) });

describe('what is wrong with the input', () => {
  test('is told with JSON pointers, each unknown key by itself', () => {
    const { error } = schema.safeParse({ nodes: { 'a/b~c': { port: 'x', one: 1, two: 2 } }, more: true });
    if (error === undefined) throw new Error('it was valid');
    expect(issuesOf(error).map(({ pointer }) => pointer)).toEqual([
      '/nodes/a~1b~0c/port',
      '/nodes/a~1b~0c/one',
      '/nodes/a~1b~0c/two',
      '/more',
    ]);
  });

  test('is refused below the place where it stands', () => {
    expect(() => parsed(schema, { nodes: 3 }, 'spec')).toThrow(
      expect.objectContaining({ code: 'invalid_input', issues: [expect.objectContaining({ pointer: '/spec/nodes' })] }),
    );
    expect(parsed(schema, { nodes: {} }, 'spec')).toEqual({ nodes: {} });
  });
});
