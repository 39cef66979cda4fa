import { AppError } from '#core/errors.ts';
import { type EdgeControlPlane, edgeControlPlane } from './edge/control-plane.ts';
import type { Env } from './edge/env.ts';

export { Writer } from './edge/writer.ts';

/** Bindings are the same for the life of an isolate, so the control plane is made once, at the first request. */
let made: Promise<EdgeControlPlane> | null = null;
const controlPlane = (env: Env): Promise<EdgeControlPlane> => (made ??= edgeControlPlane(env));

const handler: ExportedHandler<Env> = {
  async fetch(request, env, context) {
    try {
      const { app, ready } = await controlPlane(env);
      // A database that is away or not migrated is told by the request itself.
      await ready().catch((error: unknown) => console.error(`first tokens: ${String(error)}`));
      return await app.fetch(request, env, context);
    } catch (error) {
      return notServed(error);
    }
  },
  scheduled(_event, env, context) {
    context.waitUntil(controlPlane(env).then(({ keepTime }) => keepTime()));
  },
};
export default handler;

/** Settings that are not valid: said to whoever asks, without their values, and nothing is done. */
function notServed(error: unknown): Response {
  if (!(error instanceof AppError)) throw error;
  const { code, message, done, next, issues } = error;
  console.error(message);
  return Response.json({ code, detail: message, done, next, issues }, { status: 503 });
}
