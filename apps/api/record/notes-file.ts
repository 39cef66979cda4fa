import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { splitNotes } from '#core/audit/checkpoint.ts';

/** The file of checkpoints: signed notes one after the other. It only grows. */
export interface NotesFile {
  all: () => Promise<string[]>;
  /** Resolves once the note is on the disk. */
  append: (note: string) => Promise<void>;
}

export function notesFile(file: string): NotesFile {
  return {
    async all() {
      try {
        return splitNotes(await readFile(file, 'utf8'));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
        throw error;
      }
    },
    async append(note) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.appendFile(note);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}
