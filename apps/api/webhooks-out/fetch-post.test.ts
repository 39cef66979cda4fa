import { expect, test } from 'vitest';
import { fetchPost, whyNotPosted } from './fetch-post.ts';

test.each([
  'https://hooks.example.com/x',
  'https://a-b.c1.example.org:8443/x?y=1',
  'https://internal.example.com/x',
  'https://local.example.com./x',
])('%s is sent to', (url) => {
  expect(whyNotPosted(new URL(url))).toBeNull();
});

test.each([
  'http://hooks.example.com/x',
  'https://127.0.0.1/x',
  'https://0x7f.1/x',
  'https://2130706433/x',
  'https://017700000001/x',
  'https://169.254.169.254/latest',
  'https://10.0.0.1/x',
  'https://93.184.215.14/x',
  'https://[::1]/x',
  'https://[::ffff:10.0.0.1]/x',
  'https://[fd00::1]/x',
  'https://localhost/x',
  'https://LOCALHOST./x',
  'https://a.localhost/x',
  'https://metadata.google.internal/x',
  'https://printer.local/x',
  'https://router.lan/x',
  'https://nas.home.arpa/x',
  'https://db/x',
])('%s is not', (url) => {
  expect(whyNotPosted(new URL(url))).not.toBeNull();
});

const posting = { url: 'https://hooks.example.com/x', headers: { a: 'b' }, body: '{}', allowPrivate: false };

test('an answer is told with its Retry-After; a redirect is an answer and not followed', async () => {
  const asked: RequestInit[] = [];
  const post = fetchPost((_url, init) => {
    asked.push(init);
    return Promise.resolve(
      new Response('moved', { status: 302, headers: { location: 'https://x.y/', 'retry-after': '7' } }),
    );
  });
  expect(await post(posting)).toEqual({ status: 302, error: null, retryAfterMs: 7000 });
  expect(asked).toMatchObject([{ method: 'POST', redirect: 'manual', body: '{}', headers: { a: 'b' } }]);
});

test('what does not get through is told, also a target that may be private; nothing is asked for an address', async () => {
  const post = fetchPost(() => Promise.reject(new Error('no route')));
  expect(await post(posting)).toEqual({ status: null, error: 'no route', retryAfterMs: 0 });
  const never = fetchPost(() => Promise.reject(new Error('asked')));
  expect(await never({ ...posting, url: 'https://10.0.0.1/', allowPrivate: true })).toMatchObject({
    error: 'Workers send to names only, not to addresses',
  });
});
