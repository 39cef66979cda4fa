import type { Session } from '#cli/session.ts';
import { AppError } from '#core/errors.ts';
import { manifestOf } from '#slack/manifest.ts';

/** Prints the app's manifest, to be pasted where Slack asks for it. */
export function slackManifest(session: Session, options: { publicUrl?: string; command?: string }): Promise<void> {
  const { publicUrl, command } = options;
  if (publicUrl !== undefined && !publicUrl.startsWith('https://')) {
    throw new AppError('invalid_input', `Slack calls addresses with https only, not ${publicUrl}`, {
      done: 'Nothing was printed.',
      next: 'Give --public-url https://…, or leave it out for Socket Mode.',
    });
  }
  const manifest = manifestOf({ url: publicUrl ?? null, ...(command === undefined ? {} : { command }) });
  session.show(manifest, () => [JSON.stringify(manifest, null, 2)]);
  return Promise.resolve();
}
