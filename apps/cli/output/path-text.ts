/** `/networks/my~1net/subnet` → `['networks', 'my/net', 'subnet']` (RFC 6901). */
export const pointerSegments = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .replace(/^\//, '')
        .split('/')
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A JSON pointer as people write paths: `/networks/x/ports/0` → `networks.x.ports[0]`. */
export const pathText = (pointer: string): string =>
  pointerSegments(pointer)
    .map((segment, at) => {
      if (/^\d+$/.test(segment)) return `[${segment}]`;
      if (/^[\w-]+$/.test(segment)) return at === 0 ? segment : `.${segment}`;
      return `[${JSON.stringify(segment)}]`;
    })
    .join('');
