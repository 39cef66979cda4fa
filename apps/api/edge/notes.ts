import type { NotesFile } from '../record/port.ts';

const prefix = 'checkpoint:';

/**
 * Checkpoints in the storage of the one writer, which is another one than the database: whoever can rewrite D1 with
 * `wrangler d1 execute` does not reach it.
 */
export const notesIn = (storage: DurableObjectStorage): NotesFile => ({
  async all() {
    return [...(await storage.list<string>({ prefix })).values()];
  },
  async append(note, size) {
    await storage.put(`${prefix}${String(size).padStart(16, '0')}`, note);
    await storage.sync();
  },
});

export async function lastNote(storage: DurableObjectStorage): Promise<string | null> {
  const [last] = (await storage.list<string>({ prefix, reverse: true, limit: 1 })).values();
  return last ?? null;
}
