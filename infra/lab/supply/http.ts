import { request } from 'node:http';

export interface Answer {
  status: number;
  location: string | undefined;
  text: string;
}

/**
 * One request on a connection of its own: a later lab may have the same address, where a kept connection leads nowhere.
 * Throws when there is no answer in time.
 */
export function ask(
  url: string | URL,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer; timeoutMs?: number } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body = '', timeoutMs = 30_000 } = options;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const call = request(url, { method, agent: false, signal, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, location: headers.location, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    call.once('error', reject);
    call.end(body);
  });
}
