/** A JSON pointer (RFC 6901) from its parts: `['networks', 'a/b', 0]` → `/networks/a~1b/0`. */
export const pointerOf = (segments: readonly PropertyKey[]): string =>
  segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The way back: `/networks/my~1net/subnet` → `['networks', 'my/net', 'subnet']`. */
export const pointerSegments = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .replace(/^\//, '')
        .split('/')
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
