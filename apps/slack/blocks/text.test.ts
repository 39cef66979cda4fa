import { expect, it } from 'vitest';
import { commands } from '#core/command/commands.ts';
import { checkMessage } from '#test/fakes/slack/limits.ts';
import { helpMessage, problemMessage, refusalMessage, tableMessage } from './answers.ts';
import { clip, code, context, message, plain, preformatted, section, readable } from './text.ts';

it('nothing that somebody wrote comes to life', () => {
  expect(plain('<!channel> <https://evil.example|click> & *bold*')).toBe(
    '&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; \u2060*bold\u2060*',
  );
  expect(plain('abc\u202Egnp.exe')).toBe('abcgnp.exe');
  expect(code('a`b <!here>')).toBe('`aˋb &lt;!here&gt;`');
  expect(preformatted(['```', '<!channel>'])).toBe('```ˋˋˋ\n&lt;!channel&gt;```');
});

it('what is too long is clipped, without cutting an escape or an emoji in two', () => {
  expect(clip(`${'x'.repeat(7)}&amp;`, 10)).toBe('xxxxxxx…');
  expect(clip(`${'x'.repeat(8)}😀y`, 10)).toBe('xxxxxxxx…');
});

it('every message is within what Slack takes, however much there is to say', () => {
  const long = '<&>'.repeat(5000);
  const many = message(
    long,
    Array.from({ length: 80 }, () => section(long)),
  );
  for (const one of [
    many,
    problemMessage({ kind: 'unknown', message: long, suggestions: [long, long, long] }),
    refusalMessage({ message: long, done: long, next: long }),
    helpMessage([...commands.values()]),
    tableMessage(
      'Hosts',
      ['a', 'b'],
      Array.from({ length: 500 }, () => [long, 'x']),
    ),
    message('x', [context(...Array.from({ length: 30 }, () => long))]),
  ])
    expect(checkMessage(one.text, one.blocks)).toBeNull();
  expect(JSON.stringify(many.blocks)).toContain('do not fit here');
});

it('a sentence of ours is read in the reader’s own time, with channels by name, and with nothing else come to life', () => {
  expect(readable('demo is locked until 2026-11-27T06:34:34.186Z: <!channel> in #C0NET1')).toBe(
    'demo is locked until <!date^1795761274^{date_short_pretty} {time}|2026-11-27T06:34:34.186Z>: &lt;!channel&gt; in <#C0NET1>',
  );
});
