import { factsOf, type WebhookFacts } from './facts.ts';
import { memberAt, textAt } from '../../member.ts';

/** Events of GitHub that start work; others are answered with `ignored`. */
export const githubEvents = ['push', 'workflow_run', 'registry_package', 'package', 'release', 'deployment'] as const;

/** What a payload of GitHub's says; null for an event that starts no work. docs.github.com, Webhook events and payloads. */
export function githubFacts(event: string, payload: unknown): WebhookFacts | null {
  const common = {
    action: memberAt(payload, 'action'),
    repository: memberAt(payload, 'repository', 'id'),
    repositoryName: memberAt(payload, 'repository', 'full_name'),
    person: memberAt(payload, 'sender', 'login'),
  };
  const own = events[event];
  return own === undefined ? null : factsOf(event, { ...common, ...own(payload) });
}

type Said = Parameters<typeof factsOf>[1];

const events: Readonly<Record<string, (payload: unknown) => Said>> = {
  push: (payload) => ({ ref: memberAt(payload, 'ref'), sha: memberAt(payload, 'after') }),
  workflow_run: (payload) => ({
    ref: branchRef(textAt(payload, 'workflow_run', 'head_branch')),
    sha: memberAt(payload, 'workflow_run', 'head_sha'),
    conclusion: memberAt(payload, 'workflow_run', 'conclusion'),
    workflow: memberAt(payload, 'workflow_run', 'path') ?? memberAt(payload, 'workflow', 'path'),
  }),
  registry_package: (payload) => packageFacts(memberAt(payload, 'registry_package')),
  package: (payload) => packageFacts(memberAt(payload, 'package')),
  release: (payload) => ({
    ref: tagRef(textAt(payload, 'release', 'tag_name')),
    tag: memberAt(payload, 'release', 'tag_name'),
  }),
  deployment: (payload) => ({
    ref: branchRef(textAt(payload, 'deployment', 'ref')),
    sha: memberAt(payload, 'deployment', 'sha'),
    environment: memberAt(payload, 'deployment', 'environment'),
  }),
};

/** An image that was pushed to GitHub's registry. Users call these payloads poor: a missing digest is asked for later. */
function packageFacts(one: unknown): Said {
  const version = memberAt(one, 'package_version');
  const metadata = memberAt(version, 'container_metadata');
  const url = textAt(version, 'package_url');
  return {
    image: url === null ? null : url.replace(/^https?:\/\//, '').replace(/(@sha256:.*|:[^/]*)$/, ''),
    tag: memberAt(metadata, 'tag', 'name'),
    digest: memberAt(metadata, 'tag', 'digest') ?? memberAt(version, 'version'),
  };
}

const branchRef = (branch: string | null): string | null =>
  branch === null || branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
const tagRef = (tag: string | null): string | null => (tag === null ? null : `refs/tags/${tag}`);
