import { textAt } from '../member.ts';
import { refMatches } from '../webhooks/rule.ts';
import type { CiProvider, TrustView } from './contract.ts';

/** What a token of a CI system says of the run that it was made for. */
export interface CiClaims {
  repository: string | null;
  repositoryName: string | null;
  ref: string | null;
  environment: string | null;
  workflow: string | null;
  /** Who started it, as the system calls him. */
  person: string | null;
}

/** docs.github.com, OpenID Connect reference; docs.gitlab.com, ID token payload. */
export const claimsOf: Readonly<Record<CiProvider, (payload: unknown) => CiClaims>> = {
  github: (payload) => ({
    repository: textAt(payload, 'repository_id'),
    repositoryName: textAt(payload, 'repository'),
    ref: textAt(payload, 'ref'),
    environment: textAt(payload, 'environment'),
    workflow: fileOf(textAt(payload, 'workflow_ref'), textAt(payload, 'repository')),
    person: textAt(payload, 'actor'),
  }),
  gitlab: (payload) => ({
    repository: textAt(payload, 'project_id'),
    repositoryName: textAt(payload, 'project_path'),
    ref: gitlabRef(textAt(payload, 'ref'), textAt(payload, 'ref_type')),
    environment: textAt(payload, 'environment'),
    workflow: textAt(payload, 'ci_config_ref_uri')?.split('//')[1]?.split('@')[0] ?? null,
    person: textAt(payload, 'user_login'),
  }),
};

/** `acme/shop/.github/workflows/deploy.yml@refs/heads/main` → the file, if it is of the repository itself. */
const fileOf = (workflowRef: string | null, repository: string | null): string | null =>
  workflowRef !== null && repository !== null && workflowRef.startsWith(`${repository}/`)
    ? (workflowRef.slice(repository.length + 1).split('@')[0] ?? null)
    : null;

const gitlabRef = (ref: string | null, type: string | null): string | null =>
  ref === null ? null : `refs/${type === 'tag' ? 'tags' : 'heads'}/${ref}`;

type Wanted = Pick<TrustView, 'repository' | 'ref' | 'environment' | 'workflow'>;

/** What does not fit, in a sentence; null when all does. A claim that is not there fits nothing. */
export function whyNot(wanted: Wanted, claims: CiClaims): string | null {
  if (wanted.repository !== claims.repository) return `the repository is ${claims.repository ?? 'not said'}`;
  if (wanted.ref !== null && !refMatches(wanted.ref, claims.ref)) return `the ref is ${claims.ref ?? 'not said'}`;
  if (wanted.environment !== null && wanted.environment !== claims.environment)
    return `the environment is ${claims.environment ?? 'not said'}`;
  if (wanted.workflow !== null && !refMatches(wanted.workflow, claims.workflow))
    return `the workflow is ${claims.workflow ?? 'not said'}`;
  return null;
}
