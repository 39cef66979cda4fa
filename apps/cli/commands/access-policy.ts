import { moment } from '#core/moments.ts';
import { stringify } from 'yaml';
import { apiOf } from '#cli/api.ts';
import { readText } from '#cli/input/read-file.ts';
import { parseYaml } from '#cli/input/yaml-text.ts';
import { actorText } from '#cli/output/actor-text.ts';
import type { Session } from '#cli/session.ts';

/** The policy in force, as a file that `policy set` takes. */
export async function policyShow(session: Session): Promise<void> {
  const { client, ask } = apiOf(session);
  const { number, policy, createdAt, createdBy } = await ask(client.v1.policy.$get());
  const head =
    createdAt === null || createdBy === null
      ? '# Nobody has configured a policy; this is what holds.'
      : `# Policy ${number}, of ${moment(createdAt)} by ${actorText(createdBy)}.`;
  session.show({ number, policy, createdAt, createdBy }, () => [head, stringify(policy).trimEnd()]);
}

/** Puts the policy of a file in force. */
export async function policySet(session: Session, options: { file: string; reason?: string }): Promise<void> {
  const { client, ask } = apiOf(session);
  const { value } = parseYaml(await readText(options.file), options.file);
  const set = await ask(client.v1.policy.$put({ json: { policy: value, reason: options.reason ?? null } }));
  session.show(set, () => [`Policy ${set.number} is in force.`]);
}
