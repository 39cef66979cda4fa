/** An image reference in full: `nginx` → `docker.io/library/nginx:latest`, with the digest apart. */
export interface ImageName {
  repository: string;
  tag: string | null;
  digest: string | null;
}

/** Reads a reference as Docker does: default registry, `library/`, and `latest` where neither tag nor digest is given. */
export function imageName(reference: string): ImageName {
  const [withoutDigest = '', digest = null] = reference.split('@');
  const colon = withoutDigest.lastIndexOf(':');
  const hasTag = colon > withoutDigest.lastIndexOf('/');
  const name = hasTag ? withoutDigest.slice(0, colon) : withoutDigest;
  const tag = hasTag ? withoutDigest.slice(colon + 1) : digest === null ? 'latest' : null;
  return { repository: withRegistry(name), tag, digest };
}

function withRegistry(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (isRegistry && first !== 'docker.io' && first !== 'index.docker.io') return name;
  const path = isRegistry ? rest.join('/') : name;
  return `docker.io/${path.includes('/') ? path : `library/${path}`}`;
}

/** `ghcr.io/acme/web` → `ghcr.io`; `nginx` → `docker.io`. */
export const imageRegistry = (reference: string): string => imageName(reference).repository.split('/')[0] ?? '';

/**
 * True when what runs is what was asked for. Other clients append the digest that a tag had when they looked; that
 * counts as the same while the spec names the tag only.
 */
export function isImageAsAsked(observed: string, asked: string): boolean {
  const [now, wanted] = [imageName(observed), imageName(asked)];
  if (now.repository !== wanted.repository) return false;
  if (wanted.digest !== null) return now.digest === wanted.digest;
  return now.tag === wanted.tag;
}

/** The reference with its tag and a digest: `nginx` → `nginx:latest@sha256:…`. It must have no digest yet. */
export function withDigest(reference: string, digest: string): string {
  const hasTag = reference.lastIndexOf(':') > reference.lastIndexOf('/');
  return `${reference}${hasTag ? '' : ':latest'}@${digest}`;
}
