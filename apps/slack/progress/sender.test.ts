import { expect, it } from 'vitest';
import { RateLimits } from '#test/fakes/slack/rates.ts';
import { type Frame, Sender, type Sent } from './sender.ts';

const text = (words: string) => ({ text: words, blocks: [] });

/** Time that passes only when somebody waits for it. */
function world(send?: (frame: Frame) => Sent) {
  let now = 1_000_000;
  const shown = new Map<string, string>();
  const sends: { atMs: number; frame: Frame }[] = [];
  const logged: string[] = [];
  const rates = new RateLimits(() => now);
  const sender = new Sender({
    nowMs: () => now,
    pause: async (ms, signal) => {
      await Promise.resolve();
      if (!signal.aborted) now += ms;
    },
    send: (frame) => {
      sends.push({ atMs: now, frame });
      const waitS = rates.take(frame.ts === null ? 'chat.postMessage' : 'chat.update', frame.channel);
      const taken: Sent =
        waitS > 0
          ? { kind: 'limited', retryAfterMs: waitS * 1000 }
          : (send?.(frame) ?? { kind: 'sent', ts: frame.ts ?? `ts-${frame.key}`, channel: null });
      if (taken.kind === 'sent') shown.set(frame.key, frame.message.text);
      return Promise.resolve(taken);
    },
    settled: () => Promise.resolve(),
    log: (line) => logged.push(line),
  });
  return { sender, shown, sends, rates, logged, nowMs: () => now, pass: (ms: number) => (now += ms) };
}

const frame = (key: string, words: string, more: Partial<Frame> = {}): Frame => ({
  key,
  channel: 'C1',
  ts: `ts-${key}`,
  threadTs: null,
  onlyFor: null,
  message: text(words),
  urgency: 'middle',
  ...more,
});

it('twenty operations at once for ten minutes never meet a limit, and every final frame arrives', async () => {
  const { sender, shown, rates, pass } = world();
  for (let second = 0; second < 600; second += 1) {
    for (let at = 0; at < 20; at += 1) sender.offer(frame(`op${at}`, `second ${second}`, { channel: `C${at % 4}` }));
    pass(1000);
    await Promise.resolve();
  }
  for (let at = 0; at < 20; at += 1)
    sender.offer(frame(`op${at}`, 'final', { channel: `C${at % 4}`, urgency: 'must' }));
  await sender.idle();
  expect(Object.fromEntries(rates.refused)).toEqual({});
  expect([...shown.values()]).toEqual(Array.from({ length: 20 }, () => 'final'));
});

it('only the newest of the frames that wait is sent', async () => {
  const { sender, sends } = world();
  for (let at = 0; at < 50; at += 1) sender.offer(frame('op', `frame ${at}`));
  await sender.idle();
  expect(sends.length).toBeLessThanOrEqual(2);
  expect(sends.at(-1)?.frame.message.text).toBe('frame 49');
});

it('a frame that follows its own post becomes an update of it', async () => {
  const { sender, sends } = world();
  sender.offer(frame('op', 'posted', { ts: null }));
  sender.offer(frame('op', 'newer', { ts: null }));
  await sender.idle();
  expect(sends.map(({ frame: { ts, message } }) => [ts, message.text])).toSatisfy(
    (all: [string | null, string][]) => all.filter(([ts]) => ts === null).length === 1 && all.at(-1)?.[1] === 'newer',
  );
});

it('what must be seen goes before what may wait', async () => {
  const { sender, sends } = world();
  for (let at = 0; at < 35; at += 1) sender.offer(frame(`op${at}`, 'middle'));
  sender.offer(frame('approval', 'please', { urgency: 'must' }));
  await sender.idle();
  expect(sends.findIndex(({ frame: { key } }) => key === 'approval')).toBeLessThan(32);
});

it('after a 429 nothing goes out until the time is over, and the final frame still comes', async () => {
  let limited = true;
  const { sender, sends, shown } = world(() => {
    if (!limited) return { kind: 'sent', ts: 'x', channel: null };
    limited = false;
    return { kind: 'limited', retryAfterMs: 30_000 };
  });
  sender.offer(frame('op', 'final', { urgency: 'must' }));
  await sender.idle();
  expect((sends[1]?.atMs ?? 0) - (sends[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(30_000);
  expect(shown.get('op')).toBe('final');
});

it('a channel that is gone ends it; a Slack that fails is asked again, and not for ever', async () => {
  const gone = world(() => ({ kind: 'gone', why: 'channel_not_found' }));
  gone.sender.offer(frame('op', 'x', { urgency: 'must' }));
  await gone.sender.idle();
  expect(gone.sends.length).toBe(1);
  const away = world(() => ({ kind: 'failed', why: 'no answer' }));
  away.sender.offer(frame('op', 'x', { urgency: 'must' }));
  await away.sender.idle();
  expect(away.sends.length).toBe(8);
  expect(away.logged.join()).toContain('is dropped: no answer');
});
