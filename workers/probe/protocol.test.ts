import { expect, test } from 'vitest';
import { encodeCheck, parseOutput, parseProbeLine, probeArgs, probeLineReader, probeLines } from './protocol.ts';
import type { ProbeEvent } from './protocol.ts';

test('a run is written as the arguments of the prober', () => {
  const command = probeArgs({
    listen: [
      { proto: 'tcp', port: 0 },
      { proto: 'udp', address: '10.77.0.2', port: 4789 },
      { proto: 'tcp', address: 'fd00::2', port: 80 },
    ],
    stdin: true,
    stayMs: 5000,
    concurrency: 8,
    checks: [{ kind: 'dns', id: '1', name: 'web' }],
  });
  expect(command).toEqual([
    '--tcp=0',
    '--udp=10.77.0.2:4789',
    '--tcp=[fd00::2]:80',
    '--stdin',
    '--stayMs=5000',
    '--concurrency=8',
    'dns 1 name=web',
  ]);
});

test('a check with odd characters stays one argument with fields that cannot be mixed up', () => {
  const line = encodeCheck({
    kind: 'http',
    id: 'h1 → h2',
    url: 'http://web:80/a b?x=1&y=%20',
    all: true,
    timeoutMs: 500,
  });
  expect(line).toBe(
    'http h1%20%E2%86%92%20h2 url=http%3A%2F%2Fweb%3A80%2Fa%20b%3Fx%3D1%26y%3D%2520 all=1 timeoutMs=500',
  );
});

test('what is not given is not sent, so that the defaults live in one place', () => {
  expect(encodeCheck({ kind: 'ping', id: 'p', host: 'web', df: false })).toBe('ping p host=web df=0');
  expect(probeArgs({})).toEqual([]);
});

test('checks for standard input are lines', () => {
  const checks = [1, 2].map((id) => ({ kind: 'tcp' as const, id: `${id}`, host: 'web', port: 80 }));
  expect(probeLines(checks)).toBe('tcp 1 host=web port=80\ntcp 2 host=web port=80\n');
});

test('a result is read with its numbers', () => {
  const line =
    '{"address":"10.0.1.3","detail":"connected","event":"check","id":"c","kind":"tcp","ms":0.4,"rttMs":0.1,"status":"ok"}';
  expect(parseProbeLine(line)).toMatchObject({
    event: 'check',
    id: 'c',
    status: 'ok',
    ms: 0.4,
    rttMs: 0.1,
    address: '10.0.1.3',
  });
});

test('an error word that is not known is read as other, not thrown away', () => {
  const line = '{"detail":"?","error":"novel","event":"check","id":"c","kind":"tcp","ms":null,"status":"fail"}';
  expect(parseProbeLine(line)).toMatchObject({ status: 'fail', error: 'other' });
});

test.each([
  '',
  'OCI runtime exec failed',
  '{"event":"check"}',
  '{"event":"check","id":"c","kind":"tcp","ms":1,"status":"good","detail":""}',
])('a line that makes no sense is unreadable, never a result: %s', (line) => {
  expect(parseProbeLine(line)).toEqual({ event: 'unreadable', line });
});

test('events come out whole, however the stream is cut', () => {
  const text =
    '{"event":"ready","listeners":[{"address":"0.0.0.0","port":4789,"proto":"udp","error":"in_use","detail":"Address already in use"}],"protocol":1}\n' +
    '{"event":"heard","from":"10.77.0.3","fromPort":4000,"nonce":"n","port":4789,"proto":"udp"}\n';
  const whole: ProbeEvent[] = [];
  const reader = probeLineReader((event) => whole.push(event));
  for (const character of text) reader.push(character);
  reader.end();
  expect(whole.map((event) => event.event)).toEqual(['ready', 'heard']);
  expect(whole[0]).toMatchObject({ listeners: [{ error: 'in_use' }] });
});

test('output without a last line is seen to be cut off, and its half line is kept as evidence', () => {
  const output = parseOutput('{"event":"ready","listeners":[],"protocol":1}\n{"event":"che');
  expect(output).toMatchObject({ done: null, results: [], unreadable: ['{"event":"che'] });
  expect(output.ready?.protocol).toBe(1);
});
