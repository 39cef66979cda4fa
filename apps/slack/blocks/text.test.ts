import { expect, it } from 'vitest';
import { commands } from '#core/command/commands.ts';
import { checkMessage } from '#test/fakes/slack/limits.ts';
import { helpMessage, problemMessage, refusalMessage, tableMessage } from './answers.ts';
import { clip, code, context, message, plain, preformatted, preformattedBlocks, section, readable } from './text.ts';

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

it('what is too long for one block goes on in the next one, each within what Slack takes', () => {
  const lines = Array.from({ length: 200 }, (_, at) => `${at + 1}. manager: remove service <${'s'.repeat(30)}>`);
  const blocks = preformattedBlocks(lines, 4);
  expect(blocks.every((block) => block.startsWith('```') && block.endsWith('```') && block.length <= 3000)).toBe(true);
  expect(blocks).toHaveLength(4);
  const shown = blocks.flatMap((block) => block.slice(3, -3).split('\n'));
  const last = shown.pop() ?? '';
  expect(shown).toEqual(lines.slice(0, shown.length).map((line) => line.replace('<', '&lt;').replace('>', '&gt;')));
  expect(last).toBe(`… and ${lines.length - shown.length} more lines`);
  expect(preformattedBlocks(lines.slice(0, 3), 4)).toHaveLength(1);
});

it('keeps the buttons of a message that is too long', () => {
  const button = { type: 'button' as const, action_id: 'a', text: { type: 'plain_text' as const, text: 'Approve' } };
  const long = Array.from({ length: 10 }, () => section('x'.repeat(2900)));
  const { text, blocks } = message('A plan waits', [
    section('A plan waits'),
    ...long,
    { type: 'actions', elements: [button] },
  ]);
  expect(checkMessage(text, blocks)).toBeNull();
  expect(blocks.map(({ type }) => type)).toEqual([...Array<string>(5).fill('section'), 'actions', 'context']);
});
