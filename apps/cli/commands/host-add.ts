import { AppError, orRefusal } from '#core/errors.ts';
import { keysCommand, shownIn } from '#core/host.ts';
import type { OperationError } from '#core/operation.ts';
import type { AddHost, HostView } from '#core/wire.ts';
import { apiOf } from '#cli/api.ts';
import { askYesNo } from '#cli/input/ask.ts';
import { parseAddress } from '#cli/input/address.ts';
import { hostLines } from '#cli/output/hosts-view.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { declined } from '#cli/progress/interrupted.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { sayTwins } from './say-twins.ts';

export interface HostAddOptions {
  port?: number;
  user?: string;
  key?: string;
  via?: string;
  fingerprint?: string;
  acceptNew?: boolean;
  workerLabel?: string;
  probe: boolean;
}

/** Registers a host and looks at it once. At a terminal an unknown host key is shown and may be pinned there and then. */
export async function hostAdd(session: Session, name: string, address: string | undefined, options: HostAddOptions) {
  const wanted = requestOf(name, address, options);
  const { client, ask } = apiOf(session);
  if (options.probe) await forgetUnreached(session, name);
  const host = await ask(client.v1.hosts.$post({ json: wanted }));
  if (!options.probe) {
    session.show(host, () => [`Host ${name} is registered. Look at it: flotilla host probe ${name}`]);
    return 0;
  }
  session.say([`Host ${name} is registered. Looking at it…`]);
  let ended = await probe(session, name);
  const fingerprint = unknownKey(ended.view.error);
  if (fingerprint !== undefined && session.canAsk) {
    if (!(await askYesNo(keyQuestion(name, fingerprint)))) {
      await ask(client.v1.hosts[':name'].$delete({ param: { name } }));
      throw declined();
    }
    await ask(client.v1.hosts[':name'].$delete({ param: { name } }));
    await ask(client.v1.hosts.$post({ json: { ...wanted, fingerprint } }));
    ended = await probe(session, name);
  }
  const exitCode = conclude(session, ended);
  const known = await ask(client.v1.hosts[':name'].$get({ param: { name } }));
  if (exitCode !== 0) session.say([staysText(known)]);
  session.show({ operation: ended.view, host: known }, () =>
    exitCode === 0 ? ['', ...hostLines(known, Date.now(), session.layout())] : [],
  );
  await sayTwins(session, apiOf(session), known);
  return exitCode;
}

/** One of which nothing is pinned is simply added again; a pin is only given up by who says so. */
const staysText = ({ name, hostKeys }: HostView): string =>
  `${name} stays registered: \`flotilla host probe ${name}\` looks again, ${
    hostKeys.length === 0 ? '`flotilla host add` with another address, user or key' : `\`flotilla host rm ${name}\``
  } starts anew.`;

/**
 * A first try with a wrong address, user or key left a host that nobody has reached and nothing is pinned of: saying it
 * again, mended, registers it anew. One that was reached, pinned, or registered without a look stays.
 */
async function forgetUnreached(session: Session, name: string): Promise<void> {
  const { client, ask } = apiOf(session);
  const before = await orRefusal(ask(client.v1.hosts[':name'].$get({ param: { name } })));
  if (before instanceof AppError || before.cluster !== null) return;
  if (before.lastSeen !== null || before.hostKeys.length > 0) return;
  const { items: looks } = await ask(client.v1.operations.$get({ query: { kind: 'probe-host', limit: '200' } }));
  const last = looks.find(({ request }) => request.kind === 'probe-host' && request.host === name);
  if (last === undefined || last.endedAt === null || last.state === 'succeeded') return;
  const removed = await orRefusal(ask(client.v1.hosts[':name'].$delete({ param: { name } })));
  if (removed instanceof AppError) return;
  session.say([`${name} was never reached as ${before.user}@${before.address}:${before.port}: it is registered anew.`]);
}

/** The fingerprint that an unknown host showed: the refusal always names it, in the form of ssh-keygen. */
const unknownKey = (error: OperationError | null): string | undefined =>
  error?.code === 'host_key_unknown' ? shownIn(error.message) : undefined;

const keyQuestion = (name: string, fingerprint: string): string =>
  `${name} shows the host key ${fingerprint}.\nCompare it with what \`${keysCommand}\` prints on the host itself. Is it the right one?`;

async function probe(session: Session, name: string) {
  const { client, ask } = apiOf(session);
  const { id } = await ask(client.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }));
  return runToEnd(session, id, { summary: false });
}

function requestOf(name: string, address: string | undefined, options: HostAddOptions): AddHost {
  const parsed = parseAddress(address ?? name);
  for (const [flag, inAddress, given] of [
    ['--user', parsed.user, options.user],
    ['--port', parsed.port, options.port],
  ] as const)
    if (inAddress !== undefined && given !== undefined && inAddress !== given)
      throw new AppError('invalid_input', `The address says ${inAddress} and ${flag} says ${given}`, {
        done: 'Nothing was sent.',
        next: 'Say it once.',
      });
  const user = options.user ?? parsed.user;
  const port = options.port ?? parsed.port;
  return {
    name,
    address: parsed.address,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.via === undefined ? {} : { via: options.via }),
    ...(options.fingerprint === undefined ? {} : { fingerprint: options.fingerprint }),
    acceptNew: options.acceptNew ?? false,
    ...(options.workerLabel === undefined ? {} : { workerLabel: options.workerLabel }),
  };
}
