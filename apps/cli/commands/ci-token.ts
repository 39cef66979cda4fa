import { unwrap } from '#api/client.ts';
import { AppError } from '#core/errors.ts';
import { moment } from '#core/moments.ts';
import { visitorOf } from '#cli/api.ts';
import { readText } from '#cli/input/read-file.ts';
import type { Session } from '#cli/session.ts';

/** Lets a run of CI in. The token is alone on the standard output, so that the pipeline can keep it. */
export async function ciToken(session: Session, { file = '-' }: { file?: string }): Promise<void> {
  const idToken = (await readText(file)).trim();
  // `jq -r .value` prints null for what is not there.
  if (idToken === '' || idToken === 'null') throw noIdToken();
  const given = await unwrap(visitorOf(session).ci.token.$post({ json: { idToken } }));
  if (session.flags.quiet !== true)
    session.err.write(
      `Let in by the trust ${given.trust} for ${given.clusters.join(', ')}, until ${moment(given.expiresAt)}\n`,
    );
  session.show(given, () => [given.token]);
}

const noIdToken = (): AppError =>
  new AppError('invalid_input', 'There is no ID token to exchange', {
    done: 'Nothing was sent.',
    next: 'Let the CI system give one to the job: `permissions: id-token: write` on GitHub, `id_tokens:` on GitLab.',
  });
