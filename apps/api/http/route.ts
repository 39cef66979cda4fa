import { createRoute, type RouteConfig } from '@hono/zod-openapi';
import { z } from 'zod';
import { problemSchema } from '#core/wire.ts';

/** A route of the document: every one may also answer with a problem, which stays out of the client's types. */
export function route<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P }>(
  config: R,
): ReturnType<typeof createRoute<P, R>> {
  const made = createRoute(config);
  Object.assign(made.responses, { default: problemAnswer });
  return made;
}

const problemAnswer = {
  description: 'A refusal (RFC 9457): what happened, what was and was not done, what to do next.',
  content: { 'application/problem+json': { schema: problemSchema } },
};

/** A JSON body that must be there; without `required` a body of another media type would pass unchecked. */
export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
});

export const jsonAnswer = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/**
 * An answer that is a stream only. The types call it text, because Hono's client leaves out routes of other media types;
 * the document has the true one.
 */
export function streamAnswer(mediaType: string, description: string) {
  const schema = z.string();
  const answer = { description, content: { 'text/plain': { schema } } };
  Object.assign(answer, { content: { [mediaType]: { schema } } });
  return answer;
}

/** Says in the document that a 200 may also come as a stream; see `streamed`. */
export function orStream<R extends { responses: { 200: { content: object } } }>(made: R, mediaType: string): R {
  Object.assign(made.responses[200].content, { [mediaType]: { schema: { type: 'string' } } });
  return made;
}

/**
 * A stream as the answer of a route. The types know no stream, so this says nothing to them: who asks for one reads
 * `body` of the answer (`unwrapStream` of client.ts), never `json()`.
 */
export const streamed = (response: Response): never => response as never;
