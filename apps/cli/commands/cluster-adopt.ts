import { existsSync, writeFileSync } from 'node:fs';
import { type Adoption, adoptionSchema } from '#core/adoption.ts';
import { AppError } from '#core/errors.ts';
import { apiOf } from '#cli/api.ts';
import { adoptedLines } from '#cli/output/adoption-view.ts';
import { clean } from '#cli/output/clean.ts';
import { specText } from '#cli/output/spec-text.ts';
import { conclude } from '#cli/progress/conclude.ts';
import { runToEnd } from '#cli/progress/run-to-end.ts';
import type { Session } from '#cli/session.ts';
import { revisionOf } from './cluster-show.ts';
import { takeBack } from './propose.ts';

/** Records a swarm that somebody else formed, and shows its nodes. The JSON document is what was seen. */
export async function clusterAdopt(
  session: Session,
  name: string,
  { from, reason, writeSpec: path }: { from: string; reason?: string; writeSpec?: string },
): Promise<number> {
  const { client, ask } = apiOf(session);
  if (path !== undefined) mustBeNew(path);
  const json = { from, draft: path !== undefined, reason: reason ?? null };
  const { id } = await ask(client.v1.clusters[':cluster'].adopt.$post({ param: { cluster: name }, json }));
  const ended = await runToEnd(session, id, { summary: false });
  const exitCode = conclude(session, ended);
  const adoption = adoptionSchema.safeParse(ended.view.result).data;
  const written = path === undefined || adoption === undefined ? null : await writeDraft(session, name, adoption, path);
  session.show(adoption ?? { error: ended.view.error }, () =>
    adoption === undefined ? [] : ['', ...adoptedLines(name, clean(adoption), { ...session.layout(), written })],
  );
  return exitCode;
}

/** Looked at before anything is asked. */
function mustBeNew(path: string): void {
  if (!existsSync(path)) return;
  throw new AppError('invalid_input', `${path} is there already`, {
    done: 'Nothing was asked of any host.',
    next: 'Name a file that is not there yet.',
  });
}

/** The draft is in the file from then on, and no proposal any more. For its owner alone: it has values. */
async function writeDraft(session: Session, cluster: string, adoption: Adoption, path: string): Promise<string | null> {
  const number = adoption.draft?.revision ?? null;
  if (number === null) return null;
  const api = apiOf(session);
  const revision = await revisionOf(api, cluster, number);
  writeFileSync(path, `${headLines(adoption).join('\n')}\n${specText(revision.spec)}`, { mode: 0o600, flag: 'wx' });
  await takeBack(api, { revision, isNew: true }, `written to ${path}`);
  return path;
}

/** What of the swarm is not in the file stands at its top, for who reads it later. */
const headLines = ({ swarmId, manager, at, draft }: Adoption): string[] => {
  const untold = draft?.untold ?? [];
  return [
    `# What runs in the swarm ${swarmId}, as ${manager} said at ${at}.`,
    '# It has the values of environment variables. Secrets and configs are where they are.',
    ...(untold.length === 0 ? [] : ['# Not in this file:']),
    ...untold.map(({ what, why }) => `#   ${what}: ${why.replaceAll('\n', ' ')}`),
  ];
};
