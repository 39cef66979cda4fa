import published from '@octokit/webhooks-examples' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hexOf } from '../../audit/base64.ts';
import { hmac, utf8 } from '../../hmac.ts';
import { checkGithub } from '../signatures.ts';
import { githubEvents, githubFacts } from './github.ts';
import { dockerHubFacts, gitlabFacts, harborFacts, plainFacts } from './others.ts';

const examples = z.array(z.object({ name: z.string(), examples: z.array(z.unknown()) })).parse(published);
const secret = 'github-secret';
const digest = `sha256:${'ab'.repeat(32)}`;

describe('payloads of GitHub', () => {
  const handled = examples
    .filter(({ name }) => githubEvents.some((event) => event === name))
    .flatMap(({ name, examples: payloads }) => payloads.map((payload, at) => ({ name, at, payload })));

  it('are there to be tried', () => {
    expect(handled.length).toBeGreaterThan(25);
  });

  it.each(handled)(
    '$name $at is taken when signed, refused when a byte changes, and understood',
    async ({ name, payload }) => {
      const body = utf8(JSON.stringify(payload));
      const headers = { 'x-hub-signature-256': `sha256=${hexOf(await hmac(utf8(secret), body))}` };
      expect(await checkGithub({ body, headers, nowMs: 0 }, [secret])).toBe('good');
      const changed = Uint8Array.from(body);
      changed[Math.floor(body.length / 2)] = (body[Math.floor(body.length / 2)] ?? 0) ^ 1;
      expect(await checkGithub({ body: changed, headers, nowMs: 0 }, [secret])).toBe('forged');
      expect(githubFacts(name, payload)).toMatchObject({ event: name, repository: expect.stringMatching(/^\d+$/) });
    },
  );

  it('say which image was pushed', () => {
    const payload = {
      action: 'published',
      repository: { id: 7, full_name: 'acme/web' },
      sender: { login: 'ann' },
      registry_package: {
        package_version: {
          package_url: 'ghcr.io/acme/web:1.2',
          container_metadata: { tag: { name: '1.2', digest } },
        },
      },
    };
    const said = { image: 'ghcr.io/acme/web', tag: '1.2', digest, repository: '7', person: 'ann' };
    expect(githubFacts('registry_package', payload)).toMatchObject(said);
  });

  it('of other events start nothing', () => {
    expect(githubFacts('issues', { action: 'opened', repository: { id: 7 } })).toBeNull();
  });
});

describe('payloads of others', () => {
  it('GitLab: a pipeline, a tag', () => {
    const pipeline = {
      object_kind: 'pipeline',
      project: { id: 12, path_with_namespace: 'acme/web' },
      user: { username: 'ann' },
      object_attributes: { ref: 'main', tag: false, sha: 'a'.repeat(40), status: 'success' },
    };
    expect(gitlabFacts(pipeline)).toMatchObject({ event: 'pipeline', ref: 'refs/heads/main', conclusion: 'success' });
    const tag = { object_kind: 'tag_push', project_id: 12, ref: 'refs/tags/v1', checkout_sha: 'b'.repeat(40) };
    expect(gitlabFacts(tag)).toMatchObject({ event: 'push', ref: 'refs/tags/v1', repository: '12' });
    expect(gitlabFacts({ object_kind: 'note' })).toBeNull();
  });

  it('Harbor says the digest', () => {
    const push = {
      type: 'PUSH_ARTIFACT',
      operator: 'robot',
      event_data: {
        repository: { repo_full_name: 'library/web' },
        resources: [{ digest, tag: '1.2', resource_url: 'hub.acme.example/library/web:1.2' }],
      },
    };
    expect(harborFacts(push)).toMatchObject({ image: 'hub.acme.example/library/web', tag: '1.2', digest });
  });

  it('Docker Hub is not believed about anything but the tag', () => {
    const push = {
      callback_url: 'https://evil.example',
      push_data: { tag: 'latest', pusher: 'ann', digest },
      repository: { repo_name: 'acme/web' },
    };
    expect(dockerHubFacts(push)).toMatchObject({ image: 'acme/web', tag: 'latest', digest: null });
  });

  it('what is not a plain word is left out', () => {
    const said = {
      event: 'image',
      repository: 'r1',
      tag: '1.2 --force',
      digest: 'sha256:xyz',
      image: 'web;rm',
      ref: '$(x)',
      person: 'a\nb',
    };
    expect(plainFacts(said)).toMatchObject({ tag: null, digest: null, image: null, ref: null, person: null });
    expect(plainFacts({ event: 'Image Pushed' })).toBeNull();
  });
});
