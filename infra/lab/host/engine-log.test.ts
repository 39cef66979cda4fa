import { describe, expect, it } from 'vitest';
import { changingCalls } from './engine-log.ts';

describe('changing calls of an engine’s log', () => {
  it('are read from what engines 20.10 and 26 write', () => {
    const log = [
      'time="2024-05-01T10:00:00Z" level=debug msg="Calling HEAD /_ping"',
      'time="2024-05-01T10:00:00Z" level=debug msg="Calling GET /v1.41/info"',
      'time="2024-05-01T10:00:01Z" level=debug msg="Calling POST /v1.41/networks/create"',
      'time="2024-05-01T10:00:02Z" level=debug msg="Calling DELETE /v1.41/networks/one?force=1" spanID=1 traceID=2',
    ].join('\n');
    expect(changingCalls(log)).toEqual([
      { method: 'POST', path: '/networks/create' },
      { method: 'DELETE', path: '/networks/one?force=1' },
    ]);
  });

  it('are read from what engine 28 writes', () => {
    const log = [
      'time="2024-05-01T10:00:00Z" level=debug msg="handling GET request" method=GET module=api request-url=/v1.51/info vars="map[]"',
      'time="2024-05-01T10:00:00Z" level=debug msg="handling POST request" form-data="{}" method=POST module=api request-url="/v1.51/images/create?fromImage=nginx&tag=latest" vars="map[]"',
    ].join('\n');
    expect(changingCalls(log)).toEqual([{ method: 'POST', path: '/images/create?fromImage=nginx&tag=latest' }]);
  });

  it('are not mistaken for other lines', () => {
    expect(changingCalls('time="x" level=debug msg="form data: {\\"Name\\":\\"Calling POST /x\\"}"')).toEqual([]);
  });
});
