import type { BoardDoor } from '../routes/board.ts';
import { boardPath } from '../routes/board.ts';

/** The board, whose libraries are loaded and whose connection is made when somebody first looks at it. */
export function lazyBoard(redis: string): { door: BoardDoor; close: () => Promise<void> } {
  let opened: Promise<{ door: BoardDoor; close: () => Promise<void> }> | null = null;
  const open = async () => (await import('./board.ts')).openBoard(redis, boardPath);
  return {
    door: async (request) => await (await (opened ??= open())).door(request),
    async close() {
      await (await opened)?.close();
    },
  };
}
