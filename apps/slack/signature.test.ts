import { expect, it } from 'vitest';
import { checkSignature, signatureOf } from './signature.ts';

/* The example of Slack's own documentation. */
const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const timestamp = '1531420618';
const text =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const then = Number(timestamp) * 1000;
const body = new TextEncoder().encode(text);
const good = { body, timestamp, signature };

it('knows the example of the documentation', async () => {
  expect(await checkSignature(good, [secret], then)).toBe('good');
  expect(await signatureOf(secret, timestamp, text)).toBe(signature);
});

it('takes the old and the new secret while one is rolled', async () => {
  expect(await checkSignature(good, ['new-one', secret], then)).toBe('good');
  expect(await checkSignature(good, [], then)).toBe('forged');
});

it('refuses what is too old and what comes from the future', async () => {
  expect(await checkSignature(good, [secret], then + 300_000)).toBe('good');
  expect(await checkSignature(good, [secret], then + 301_000)).toBe('outside-window');
  expect(await checkSignature(good, [secret], then - 301_000)).toBe('outside-window');
});

it('refuses a changed body, another secret, an empty secret and half a header', async () => {
  const other = new TextEncoder().encode(text.replace('roadrunner', 'coyote'));
  expect(await checkSignature({ ...good, body: other }, [secret], then)).toBe('forged');
  expect(await checkSignature(good, ['another'], then)).toBe('forged');
  expect(await checkSignature({ ...good, signature: await signatureOf('x', timestamp, text) }, [''], then)).toBe(
    'forged',
  );
  expect(await checkSignature({ ...good, signature: signature.slice(0, -1) }, [secret], then)).toBe('forged');
  expect(await checkSignature({ ...good, timestamp: 'NaN' }, [secret], then)).toBe('missing');
  expect(await checkSignature({ ...good, signature: null }, [secret], then)).toBe('missing');
});
