import { readFile, stat } from 'node:fs/promises';
import { whyUnreadable } from './read-file.ts';

/** More than anything takes that such files are for; keeps a wrong path from being read into memory. */
const bytesMax = 4_000_000;

/** The text of a file that another file names, or why there is none. */
export async function textOf(path: string): Promise<{ text: string } | { why: string }> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) return { why: `it has ${size} bytes` };
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)) };
  } catch (error) {
    return { why: error instanceof TypeError ? 'it is not text in UTF-8' : whyUnreadable(error) };
  }
}
