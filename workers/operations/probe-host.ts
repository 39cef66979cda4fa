import { lookAtHost } from '../observe/observe-host.ts';
import type { Ended, RunContext } from '../run-context.ts';

/** Looks at one host: reachable, key, engine, system; the facts are kept with the host. Changes nothing. */
export async function runProbeHost(context: RunContext): Promise<Ended> {
  const { request } = context.lease.operation;
  if (request.kind !== 'probe-host') throw new Error(`probe-host was asked to run ${request.kind}`);
  // What was opened before may lead to a machine that has another key by now, or is no more.
  await context.hosts.shownKey(request.host);
  const facts = await lookAtHost(context.hosts, request.host, []);
  context.reporter.report({ type: 'host-facts', host: request.host, facts });
  return { kind: 'ended', state: 'succeeded', error: null };
}
