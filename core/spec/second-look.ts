import type { InputIssue } from '../errors.ts';
import { isMap } from '../map.ts';
import { pointerSegments } from '../pointer.ts';

/*
 * What has a wrong form hides what the checks of the whole would say, and people would mend one thing to be told the next.
 * So the checks are made on what is left without it, as far as that changes nothing else in the spec.
 */

type Json = Record<string, unknown>;

/** The input without the keys that the issues are about; undefined where one is about what others depend on. */
export const withoutWrong = (input: unknown, issues: readonly InputIssue[]): Json | undefined =>
  issues.reduce<Json | undefined>(
    (left, { pointer }) => (left === undefined ? undefined : withoutPlace(left, pointerSegments(pointer))),
    isMap(input) ? input : undefined,
  );

function withoutPlace(map: Json, path: readonly string[]): Json | undefined {
  const [section = '', name = '', key, ...rest] = path;
  if (section === 'stacks')
    return key === 'compose' && rest.length > 0
      ? changedAt(map, [section, name, key], (compose) => withoutPlace(compose, rest))
      : undefined;
  if (section === 'services' || section === 'containers')
    return key === undefined ? undefined : changedAt(map, [section, name], (one) => withoutKey(one, key));
  if (section === 'secrets' || section === 'configs')
    return changedAt(map, [section, name], () => ({ external: true }));
  if (section === 'networks') return changedAt(map, [section, name], () => ({ attachable: true }));
  if (section === 'volumes') return changedAt(map, [section, name], () => ({}));
  return path.length === 1 ? withoutKey(map, section) : undefined;
}

/** A service without an image is of the wrong form itself. */
function withoutKey(map: Json, key: string): Json {
  const { [key]: _wrong, ...rest } = map;
  return key === 'image' || (key === 'build' && !('image' in rest)) ? { ...rest, image: 'x' } : rest;
}

/** What is not there any more was taken out for another issue. */
function changedAt(
  map: Json,
  [key = '', ...rest]: readonly string[],
  change: (inner: Json) => Json | undefined,
): Json | undefined {
  const inner = Object.hasOwn(map, key) ? map[key] : undefined;
  if (!isMap(inner)) return undefined;
  const changed = rest.length === 0 ? change(inner) : changedAt(inner, rest, change);
  return changed === undefined ? undefined : { ...map, [key]: changed };
}
