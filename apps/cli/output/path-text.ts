import { pointerSegments } from '#core/pointer.ts';

/** A JSON pointer as people write paths: `/networks/x/ports/0` → `networks.x.ports[0]`. */
export const pathText = (pointer: string): string =>
  pointerSegments(pointer)
    .map((segment, at) => {
      if (/^\d+$/.test(segment)) return `[${segment}]`;
      if (/^[\w-]+$/.test(segment)) return at === 0 ? segment : `.${segment}`;
      return `[${JSON.stringify(segment)}]`;
    })
    .join('');
