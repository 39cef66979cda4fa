import { factsOf, ownEvent, type WebhookFacts } from './facts.ts';
import { memberAt, textAt } from '../../member.ts';

/** GitLab: pushes, tags, pipelines and deployments. docs.gitlab.com, Webhook events. */
export function gitlabFacts(payload: unknown): WebhookFacts | null {
  const common = {
    repository: memberAt(payload, 'project', 'id') ?? memberAt(payload, 'project_id'),
    repositoryName: memberAt(payload, 'project', 'path_with_namespace'),
    person: memberAt(payload, 'user_username') ?? memberAt(payload, 'user', 'username'),
  };
  const kind = textAt(payload, 'object_kind');
  if (kind === 'push' || kind === 'tag_push')
    return factsOf('push', { ...common, ref: memberAt(payload, 'ref'), sha: memberAt(payload, 'checkout_sha') });
  if (kind === 'pipeline') {
    const attributes = memberAt(payload, 'object_attributes');
    const ref = textAt(attributes, 'ref');
    const kindOfRef = memberAt(attributes, 'tag') === true ? 'tags' : 'heads';
    return factsOf('pipeline', {
      ...common,
      ref: ref === null ? null : `refs/${kindOfRef}/${ref}`,
      sha: memberAt(attributes, 'sha'),
      conclusion: memberAt(attributes, 'status'),
    });
  }
  if (kind !== 'deployment') return null;
  return factsOf('deployment', {
    ...common,
    conclusion: memberAt(payload, 'status'),
    environment: memberAt(payload, 'environment'),
    ref: textAt(payload, 'ref') === null ? null : `refs/heads/${textAt(payload, 'ref') ?? ''}`,
  });
}

/** Harbor: `PUSH_ARTIFACT` with one resource. goharbor.io, Configure Webhook Notifications. */
export function harborFacts(payload: unknown): WebhookFacts | null {
  const type = textAt(payload, 'type');
  if (type !== 'PUSH_ARTIFACT' && type !== 'pushImage') return null;
  const data = memberAt(payload, 'event_data');
  const resource = memberAt(memberAt(data, 'resources'), '0');
  const url = textAt(resource, 'resource_url');
  return factsOf('image', {
    action: 'pushed',
    repository: memberAt(data, 'repository', 'repo_full_name'),
    repositoryName: memberAt(data, 'repository', 'repo_full_name'),
    image: url === null ? null : url.replace(/(@sha256:.*|:[^/]*)$/, ''),
    tag: memberAt(resource, 'tag'),
    digest: memberAt(resource, 'digest'),
    person: memberAt(payload, 'operator'),
  });
}

/**
 * Docker Hub: unsigned, so it is a hint that a tag may be new and nothing else: no digest is taken from it, and its
 * `callback_url` is never called.
 */
export const dockerHubFacts = (payload: unknown): WebhookFacts | null =>
  factsOf('image', {
    action: 'pushed',
    repository: memberAt(payload, 'repository', 'repo_name'),
    repositoryName: memberAt(payload, 'repository', 'repo_name'),
    image: memberAt(payload, 'repository', 'repo_name'),
    tag: memberAt(payload, 'push_data', 'tag'),
    person: memberAt(payload, 'push_data', 'pusher'),
  });

/** Any CI: our own small form, `{event, repository, ref, sha, conclusion, environment, image, tag, digest, person}`. */
export function plainFacts(payload: unknown): WebhookFacts | null {
  const event = textAt(payload, 'event');
  if (event === null || !ownEvent.test(event)) return null;
  return factsOf(event, { ...Object(payload) });
}
