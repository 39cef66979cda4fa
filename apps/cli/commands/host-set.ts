import { AppError } from '#core/errors.ts';
import { isSameTarget, sshTargetOf, type SshTarget, targetText } from '#core/host.ts';
import { swarmAddressNote } from '#core/plan/lost-address.ts';
import type { HostView } from '#core/wire.ts';
import { apiOf } from '#cli/api.ts';
import { agree } from '#cli/input/agree.ts';
import { parseAddress } from '#cli/input/address.ts';
import { hostLines } from '#cli/output/hosts-view.ts';
import { pairs } from '#cli/output/table.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';

export interface HostSetOptions {
  address?: string;
  port?: number;
  user?: string;
  key?: string;
  /** False: reached directly. */
  via?: string | false;
  force?: boolean;
  reason?: string;
  yes?: boolean;
}

/** Shows how a host is reached and how it is to be, asks, and has a worker meet it there before that counts. */
export async function hostSet(session: Session, name: string, options: HostSetOptions): Promise<number> {
  const wanted = wantedOf(name, options);
  const { client, ask } = apiOf(session);
  const param = { name };
  const before = await ask(client.v1.hosts[':name'].$get({ param }));
  const [from, to] = [sshTargetOf(before), { ...sshTargetOf(before), ...wanted }];
  if (isSameTarget(from, to)) {
    session.show({ operation: null, host: before }, () => [`${name} is reached as ${targetText(from)} already.`]);
    return 0;
  }
  session.say(turnLines(from, to));
  await agree(session, options.yes ?? false, questionFor(before, { from, to }));
  const { force = false, reason } = options;
  const json = { ...wanted, force, ...(reason === undefined ? {} : { reason }) };
  const { id } = await ask(client.v1.hosts[':name'].set.$post({ param, json }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const host = await ask(client.v1.hosts[':name'].$get({ param }));
  session.show({ operation: ended.view, host }, () =>
    exitCode === 0
      ? [
          '',
          ...hostLines(host, Date.now(), session.layout()),
          '',
          ...swarmLines(host, { from, to }),
          `Back: ${backCommand(name, { from, to })}`,
        ]
      : [],
  );
  return exitCode;
}

/** @throws AppError `invalid_input` where nothing is named, or the same thing in two ways */
function wantedOf(name: string, { address, port, user, key, via }: HostSetOptions): Partial<SshTarget> {
  const parsed: Partial<SshTarget> = address === undefined ? {} : parseAddress(address);
  const done = 'Nothing was sent.';
  for (const [flag, inAddress, given] of [
    ['--user', parsed.user, user],
    ['--port', parsed.port, port],
  ] as const)
    if (inAddress !== undefined && given !== undefined && inAddress !== given)
      throw new AppError('invalid_input', `The address says ${inAddress} and ${flag} says ${given}`, {
        done,
        next: 'Say it once.',
      });
  const wanted: Partial<SshTarget> = {
    ...parsed,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(key === undefined ? {} : { key }),
    ...(via === undefined ? {} : { via: via === false ? null : via }),
  };
  if (Object.keys(wanted).length > 0) return wanted;
  throw new AppError('invalid_input', `What of ${name} is to be another one is not said`, {
    done,
    next: `Name it: flotilla host set ${name} --address …, --port, --user, --key, --via or --no-via.`,
  });
}

function swarmLines({ name, lastSeen }: HostView, turn: { from: SshTarget; to: SshTarget }): string[] {
  const note = lastSeen === null ? null : swarmAddressNote(name, turn, lastSeen.facts);
  return note === null ? [] : [note];
}

const turnLines = (from: SshTarget, to: SshTarget): string[] =>
  pairs([
    ['now', told(from, to)],
    ['to be', told(to, from)],
  ]);

const told = (one: SshTarget, other: SshTarget): string =>
  targetText(one) + (one.key === other.key ? '' : ` with the key ${one.key}`);

function questionFor({ name, cluster }: HostView, { from, to }: { from: SshTarget; to: SshTarget }): string {
  const node =
    cluster === null || from.address === to.address
      ? ''
      : `What ${name} advertises in the swarm of ${cluster} stays what it is: this is about SSH alone.\n`;
  return `${node}Reach ${name} so from now on, if its key and its engine are met there?`;
}

/** What makes it as it was: only what has changed is named. */
function backCommand(name: string, { from, to }: { from: SshTarget; to: SshTarget }): string {
  const flags = [
    from.address === to.address ? [] : [`--address ${from.address}`],
    from.port === to.port ? [] : [`--port ${from.port}`],
    from.user === to.user ? [] : [`--user ${from.user}`],
    from.key === to.key ? [] : [`--key ${from.key}`],
    from.via === to.via ? [] : [from.via === null ? '--no-via' : `--via ${from.via}`],
  ];
  return `flotilla host set ${[name, ...flags.flat()].join(' ')}`;
}
