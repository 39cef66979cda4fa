import { AppError } from './errors.ts';
import { clusterCreate } from './edits/cluster-create.ts';
import { clusterRm } from './edits/cluster-rm.ts';
import { clusterRotateToken } from './edits/cluster-rotate-token.ts';
import { containerRm } from './edits/container-rm.ts';
import { containerRun } from './edits/container-run.ts';
import { networkCreate } from './edits/network-create.ts';
import { networkRm } from './edits/network-rm.ts';
import { nodeAdd } from './edits/node-add.ts';
import { nodeRm } from './edits/node-rm.ts';
import { nodeSet } from './edits/node-set.ts';
import { rollback } from './edits/rollback.ts';
import { serviceCreate } from './edits/service-create.ts';
import { serviceRm } from './edits/service-rm.ts';
import { serviceUpdate } from './edits/service-update.ts';
import { stackDeploy, stackRm } from './edits/stack.ts';
import type { Decided, Verb } from './edits/verb.ts';
import { didYouMean } from './nearest.ts';
import { parseSpec } from './spec/parse.ts';
import type { Spec } from './spec/spec.ts';

/** Every way to change a cluster but giving a whole spec: one table for HTTP, CLI and chat. */
export const verbs = {
  'cluster create': clusterCreate,
  'cluster rotate-token': clusterRotateToken,
  'cluster rm': clusterRm,
  'node add': nodeAdd,
  'node set': nodeSet,
  'node rm': nodeRm,
  'network create': networkCreate,
  'network rm': networkRm,
  'service create': serviceCreate,
  'service update': serviceUpdate,
  'service rm': serviceRm,
  'container run': containerRun,
  'container rm': containerRm,
  'stack deploy': stackDeploy,
  'stack rm': stackRm,
  rollback,
} as const satisfies Record<string, Verb>;
export type VerbName = keyof typeof verbs;

export const isVerb = (text: string): text is VerbName => Object.hasOwn(verbs, text);

/** Whether the first position of a verb is the cluster itself. */
export const namesCluster = (name: VerbName): boolean => verbOf(name).namesCluster === true;

interface Edit {
  verb: string;
  args: unknown;
  /** The spec of the current revision; null only for `cluster create`. */
  current: Spec | null;
  /** For `rollback`: the spec of the revision that `neededRevision` names, null when there is none. */
  earlier?: Spec | null;
  /** Hosts that belong to the cluster. */
  members?: readonly string[];
}

/**
 * The spec after an edit, checked as a whole. Changes nothing by itself: the caller proposes it as a revision.
 * @throws AppError invalid_input, not_found, already_exists, conflict, not_supported_yet, or invalid_spec with issues.
 */
export function applyEdit({ verb, args, current, earlier = null, members = [] }: Edit): Spec {
  const parsed = parseSpec(verbOf(verb).apply(args, { current, earlier, members }), { mayBeTakenDown: true });
  if (parsed.ok) return parsed.spec;
  throw new AppError('invalid_spec', `The spec would not be valid after \`${verb}\`.`, {
    issues: parsed.issues,
    done: 'Nothing was changed.',
  });
}

/** The revision whose spec `applyEdit` needs as `earlier`, or null. @throws AppError invalid_input */
export const neededRevision = ({ verb, args }: Pick<Edit, 'verb' | 'args'>): number | null =>
  verbOf(verb).neededRevision(args);

/** What stays fixed after the edit: an image that is named is looked up anew. @throws AppError invalid_input */
export const decisionsAfter = (
  { verb, args }: Pick<Edit, 'verb' | 'args'>,
  decided: Decided,
): ReturnType<Verb['decisions']> => verbOf(verb).decisions(args, decided);

function verbOf(verb: string): Verb {
  if (isVerb(verb)) return verbs[verb];
  throw new AppError('invalid_input', `There is no verb \`${verb}\`${didYouMean(verb, Object.keys(verbs))}`, {
    done: 'Nothing was changed.',
    next: `Use one of: ${Object.keys(verbs).join(', ')}.`,
  });
}
