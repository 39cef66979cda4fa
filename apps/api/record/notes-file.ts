import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { NotesFile } from './port.ts';
import { splitNotes } from '#core/audit/checkpoint.ts';

/** The file of checkpoints: signed notes one after the other. */
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
