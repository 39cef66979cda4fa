import { AppError } from '#core/errors.ts';
import { fingerprintSchema, type HostKey, keysCommand, shownIn } from '#core/host.ts';
import { apiOf } from '#cli/api.ts';
import { agree, mustBeAbleToAsk } from '#cli/input/agree.ts';
import { hostLines, keyText } from '#cli/output/hosts-view.ts';
import { pairs } from '#cli/output/table.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';

export interface HostPinOptions {
  fingerprint?: string;
  acceptNew?: boolean;
  force?: boolean;
  reason?: string;
  yes?: boolean;
}

/** Shows the pinned key and the one to pin, asks, and holds the host to it if the machine is the one on record. */
export async function hostPin(session: Session, name: string, options: HostPinOptions): Promise<number> {
  const { fingerprint: named, acceptNew = false, force = false, reason, yes = false } = options;
  mustNameOne(session, name, options);
  const { client, ask } = apiOf(session);
  const param = { name };
  const before = await ask(client.v1.hosts[':name'].$get({ param }));
  let fingerprint = named;
  if (fingerprint === undefined) {
    const { ended, shown } = await look(session, name);
    if (shown === undefined) {
      const exitCode = conclude(session, ended);
      const host = await ask(client.v1.hosts[':name'].$get({ param }));
      const isHeld = `${name} shows a key that it is held to: there is nothing to pin.`;
      session.show({ operation: ended.view, host }, () => (exitCode === 0 ? [isHeld] : []));
      return exitCode;
    }
    fingerprint = shown;
  }
  session.say(['', ...turnLines(before.hostKeys, fingerprint, named === undefined ? 'shown now' : 'to be shown')]);
  await agree(session, yes, questionFor(name, acceptNew || named !== undefined));
  const json = { fingerprint, force, ...(reason === undefined ? {} : { reason }) };
  const { id } = await ask(client.v1.hosts[':name'].pin.$post({ param, json }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const host = await ask(client.v1.hosts[':name'].$get({ param }));
  session.show({ operation: ended.view, host }, () =>
    exitCode === 0 ? ['', ...hostLines(host, Date.now(), session.layout())] : [],
  );
  return exitCode;
}

/** Consent beforehand is consent to a key that was named, or to any. */
function mustNameOne(session: Session, name: string, options: HostPinOptions): void {
  const { fingerprint, acceptNew = false, yes = false } = options;
  const next = `Name the key: flotilla host pin ${name} --fingerprint SHA256:… (or --accept-new, for whatever it shows).`;
  const done = 'Nothing was sent.';
  if (fingerprint !== undefined && !fingerprintSchema.safeParse(fingerprint).success)
    throw new AppError('invalid_input', `${fingerprint} is no fingerprint as \`ssh-keygen -l\` prints it: SHA256:…`, {
      done,
      next: `Read it on the console of ${name}: ${keysCommand}`,
    });
  if (fingerprint !== undefined && acceptNew)
    throw new AppError('invalid_input', '--fingerprint names a key and --accept-new takes any', { done, next });
  if (fingerprint !== undefined || acceptNew) return mustBeAbleToAsk(session, yes);
  if (yes || !session.canAsk)
    throw new AppError('invalid_input', 'Somebody has to compare the key, and nobody can be asked', { done, next });
}

async function look(session: Session, name: string) {
  const { client, ask } = apiOf(session);
  session.say([`Looking which key ${name} shows…`]);
  const { id } = await ask(client.v1.hosts[':name'].probe.$post({ param: { name }, json: {} }));
  const ended = await runToEnd(session, id, { summary: false });
  const { error } = ended.view;
  const isOther = error?.code === 'host_key_changed' || error?.code === 'host_key_unknown';
  return { ended, shown: isOther ? shownIn(error.message) : undefined };
}

const turnLines = (pinned: readonly HostKey[], fingerprint: string, what: string): string[] =>
  pairs([
    ['pinned', pinned.map(keyText).join(', ') || 'none'],
    [what, fingerprint],
  ]);

const questionFor = (name: string, isNamed: boolean): string =>
  isNamed
    ? `Hold ${name} to that key from now on?`
    : `Somebody may be in between: compare it with \`${keysCommand}\` on the console of ${name}.\nIs it the same, and is ${name} to be held to it from now on?`;
