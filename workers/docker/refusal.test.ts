import { expect, test } from 'vitest';
import { EngineRefusal, isRefusal, orNullOn404 } from './refusal.ts';

const refusal = (status: number, message: string): EngineRefusal => new EngineRefusal('h1', 'POST /x', status, message);

test.each([
  [404, 'No such image: nope:latest', 'image_not_found'],
  [404, 'manifest for nope:latest not found: manifest unknown: manifest unknown', 'image_not_found'],
  [404, 'pull access denied for nope, repository does not exist or may require docker login', 'image_not_found'],
  [
    500,
    'driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated',
    'port_taken',
  ],
  [500, 'listen tcp4 0.0.0.0:80: bind: address already in use', 'port_taken'],
  [400, "rpc error: code = InvalidArgument desc = port '8080' is already in use by service 'web'", 'port_taken'],
  [404, 'No such container: x', 'engine_error'],
  [409, 'network with name over already exists', 'engine_error'],
  [500, '', 'engine_error'],
])('%i %s is %s', (status, message, code) => {
  expect(refusal(status, message)).toMatchObject({ code, status, host: 'h1' });
});

test('join tokens in what an engine says are not passed on', () => {
  const said = refusal(400, 'invalid join token SWMTKN-1-4x3abc-9qdef of node');
  expect(said.message).toBe('The engine on h1 refused POST /x: invalid join token SWMTKN-… of node');
  expect(said.engineMessage).not.toContain('4x3abc');
});

test('a missing object is null where that is an answer, everything else stays an error', async () => {
  expect(await orNullOn404(Promise.reject(refusal(404, 'No such network')))).toBeNull();
  await expect(orNullOn404(Promise.reject(refusal(500, 'broken')))).rejects.toThrow('broken');
  await expect(orNullOn404(Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  expect(await orNullOn404(Promise.resolve(1))).toBe(1);
  expect(isRefusal(refusal(409, ''), 404, 409)).toBe(true);
  expect(isRefusal(refusal(409, ''), 404)).toBe(false);
  expect(isRefusal(new Error('bug'))).toBe(false);
});
