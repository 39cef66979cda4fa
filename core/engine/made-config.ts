import { hexOf } from '../audit/base64.ts';
import { canonical } from '../canonical.ts';
import { bytesOf } from '../spec/config.ts';
import type { Spec } from '../spec/spec.ts';

/* A swarm changes no config, so that what one says is part of the name that it has there. */

/** A config that the spec says, as the swarm gets it. */
export interface MadeConfig {
  /** `nginx_conf-5891b5b522d5`: the spec's name and the first digits of the digest. */
  name: string;
  /** SHA-256 in hex of the content; with labels, of the content and these. */
  digest: string;
  bytes: number;
  content: string;
  labels: Readonly<Record<string, string>>;
}

/** By their names in the spec. A map, as people may call one `constructor`. */
export type MadeConfigs = ReadonlyMap<string, MadeConfig>;

export async function madeConfigs({ configs = {} }: { configs?: Spec['configs'] }): Promise<MadeConfigs> {
  const made = new Map<string, MadeConfig>();
  for (const [key, { content, labels = {} }] of Object.entries(configs)) {
    if (content === undefined) continue;
    const digest = await digestOf(content, labels);
    const name = `${key}-${digest.slice(0, 12)}`;
    made.set(key, { name, digest, bytes: bytesOf(content).length, content, labels });
  }
  return made;
}

async function digestOf(content: string, labels: Readonly<Record<string, string>>): Promise<string> {
  const said = Object.keys(labels).length === 0 ? content : content + canonical(labels);
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(said))));
}
