import { describe, expect, it } from 'vitest';
import { utf8 } from '../hmac.ts';
import { checkGithub, checkShared, checkStandard, standardSignature } from './signatures.ts';

describe('GitHub', () => {
  /* docs.github.com, Validating webhook deliveries, "Testing the webhook payload validation". */
  const secret = "It's a Secret to Everybody";
  const headers = { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' };
  const delivery = { body: utf8('Hello, World!'), headers, nowMs: 0 };

  it('knows the example of the documentation, under either live secret', async () => {
    expect(await checkGithub(delivery, [secret])).toBe('good');
    expect(await checkGithub(delivery, ['new', secret])).toBe('good');
  });

  it('refuses a changed byte, another secret, an empty one, the SHA-1 header and none', async () => {
    expect(await checkGithub({ ...delivery, body: utf8('Hello, World?') }, [secret])).toBe('forged');
    expect(await checkGithub(delivery, ['other', ''])).toBe('forged');
    expect(await checkGithub({ ...delivery, headers: { 'x-hub-signature-256': 'sha1=00' } }, [secret])).toBe('forged');
    expect(await checkGithub({ ...delivery, headers: { 'x-hub-signature': 'sha1=00' } }, [secret])).toBe('missing');
  });
});

describe('Standard Webhooks', () => {
  /* The example of the specification and its reference libraries. */
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const delivery = { body: utf8('{"test": 2432232314}'), headers, nowMs: 1_614_265_330_000 };
  const withHeaders = (more: Record<string, string>) => ({ ...delivery, headers: { ...headers, ...more } });

  it('knows the example of the specification', async () => {
    expect(await checkStandard(delivery, [secret])).toBe('good');
    expect(
      await standardSignature(secret, {
        id: headers['webhook-id'],
        timestamp: '1614265330',
        body: '{"test": 2432232314}',
      }),
    ).toBe(headers['webhook-signature']);
  });

  it('takes one good signature out of a list, and ignores other versions', async () => {
    const list = `v1a,abc v1,AAAA ${headers['webhook-signature']}`;
    expect(await checkStandard(withHeaders({ 'webhook-signature': list }), [secret])).toBe('good');
  });

  it('refuses another id, another time, a changed body, and times too far off on both sides', async () => {
    expect(await checkStandard(withHeaders({ 'webhook-id': 'msg_other' }), [secret])).toBe('forged');
    expect(await checkStandard(withHeaders({ 'webhook-timestamp': '1614265331' }), [secret])).toBe('forged');
    expect(await checkStandard({ ...delivery, body: utf8('{}') }, [secret])).toBe('forged');
    for (const offMs of [-301_000, 301_000])
      expect(await checkStandard({ ...delivery, nowMs: delivery.nowMs + offMs }, [secret])).toBe('outside-window');
    expect(await checkStandard(withHeaders({ 'webhook-timestamp': 'soon' }), [secret])).toBe('missing');
    expect(await checkStandard(withHeaders({ 'webhook-signature': 'v1,?' }), [secret])).toBe('forged');
  });
});

it('a secret in clear is the same or not', async () => {
  expect(await checkShared('s3cret', ['old', 's3cret'])).toBe('good');
  expect(await checkShared('s3cre', ['s3cret'])).toBe('forged');
  expect(await checkShared('x', [''])).toBe('forged');
  expect(await checkShared(undefined, ['s3cret'])).toBe('missing');
});
