import { createServer } from 'node:http';
import { once } from 'node:events';
import { z } from 'zod';

const valueSchema = z.looseObject({ stringValue: z.string().optional() });
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: valueSchema })),
  status: z.object({ code: z.number().optional(), message: z.string().optional() }),
});
const bodySchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(z.object({ key: z.string(), value: valueSchema })) }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

export type ReceivedSpan = z.infer<typeof spanSchema>;

/** A receiver of traces by OTLP/HTTP in JSON. */
export interface OtlpReceiver {
  url: string;
  spans: ReceivedSpan[];
  /** Names of the services that sent. */
  services: Set<string>;
  /** Path and `authorization` of each request. */
  requests: { path: string; authorization: string | undefined }[];
  close: () => Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const received: Omit<OtlpReceiver, 'url' | 'close'> = { spans: [], services: new Set(), requests: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization } = request.headers;
      received.requests.push({ path: request.url ?? '', authorization });
      for (const { resource, scopeSpans } of bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString()))
        .resourceSpans) {
        const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
        received.services.add(service ?? '');
        received.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  return {
    ...received,
    url: `http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
