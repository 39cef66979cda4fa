import { expect, test } from 'vitest';
import { SettingsReader } from './settings.ts';
import { logFormOf, type LogForm, logTo } from './log.ts';

const at = () => Date.UTC(2026, 0, 2);

function written(form: LogForm, write: (log: ReturnType<typeof logTo>) => void): string[] {
  const entries: string[] = [];
  write(logTo((entry) => entries.push(entry), form, at));
  return entries;
}

test('an entry is one line of JSON with its time, level, words and ids; what is not known is left out', () => {
  const [entry, ...more] = written({ form: 'json', level: 'info' }, (log) =>
    log('step\ndone', { level: 'info', requestId: 'req_1', operationId: 'op_1', host: null, step: 'join:h2', ms: 12 }),
  );
  expect(more).toEqual([]);
  expect(entry).toBe(
    '{"time":"2026-01-02T00:00:00.000Z","level":"info","msg":"step\\ndone","requestId":"req_1","operationId":"op_1","step":"join:h2","ms":12}',
  );
});

test('for people the words come first, and a stack below', () => {
  const entries = written({ form: 'text', level: 'warn' }, (log) => {
    log('it broke', { level: 'error', requestId: 'req_1', stack: 'Error: it broke\n    at x' });
    log('Redis is away');
  });
  expect(entries).toEqual(['it broke (requestId=req_1)\nError: it broke\n    at x', 'Redis is away']);
});

test('what is below the level is left out', () => {
  const said = written({ form: 'text', level: 'warn' }, (log) => {
    log('noise', { level: 'debug' });
    log('asked', { level: 'info' });
    log('odd');
  });
  expect(said).toEqual(['odd']);
});

test.each([
  ['a token of ours', `flt_ci_0123456789ab_${'S3cret'.repeat(7)}_abcdef`, 'flt_ci_0123456789ab_…'],
  ['a secret of webhooks', 'whsec_S3cretS3cret+/=', 'whsec_…'],
  ['a token of Slack', 'xoxb-1-S3cret', 'xoxb-…'],
  ['what stands behind Bearer', 'authorization: Bearer S3cretS3cret.x', 'authorization: Bearer …'],
  ['a password in an address', 'rediss://user:S3cret@redis.test/0', 'rediss://user:…@redis.test/0'],
])('%s that comes into an entry is cut, in its words, its fields and its stack', (_, secret, shown) => {
  for (const form of ['json', 'text'] as const) {
    const [entry = ''] = written({ form, level: 'info' }, (log) =>
      log(`saw ${secret}`, { host: secret, stack: `at ${secret}` }),
    );
    expect(entry).not.toContain('S3cret');
    expect(entry.split(shown)).toHaveLength(4);
  }
});

test('the form is text at a terminal and JSON elsewhere, unless it is said; a word that is none is named', () => {
  const read = (env: Record<string, string>) => new SettingsReader(env, () => '');
  expect(logFormOf(read({}), true)).toEqual({ form: 'text', level: 'warn' });
  expect(logFormOf(read({}), false)).toEqual({ form: 'json', level: 'info' });
  expect(logFormOf(read({ FLOTILLA_LOG: 'json', FLOTILLA_LOG_LEVEL: 'debug' }), true)).toEqual({
    form: 'json',
    level: 'debug',
  });
  const wrong = read({ FLOTILLA_LOG: 'xml', FLOTILLA_LOG_LEVEL: 'loud' });
  logFormOf(wrong, true);
  expect(() => wrong.check()).toThrow(
    expect.objectContaining({
      issues: [
        { pointer: '/FLOTILLA_LOG', message: 'expected one of json, text' },
        { pointer: '/FLOTILLA_LOG_LEVEL', message: 'expected one of debug, info, warn, error' },
      ],
    }),
  );
});
