import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError, type InputIssue } from '#core/errors.ts';
import { isMap } from '#core/map.ts';
import { pointerOf } from '#core/pointer.ts';
import { FileError } from './file-error.ts';
import { whyUnreadable } from './read-file.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** More than any swarm takes of a config; keeps a wrong path from being read into memory. */
const bytesMax = 4_000_000;

/**
 * Reads a spec or Compose file, and puts what the files of its configs say in the place of their paths, which go from its
 * own folder: `configs: { site: { file: ./site.conf } }`. @throws AppError `invalid_input` (no file, no YAML, no text)
 */
export async function readWithConfigs(path: string): Promise<YamlFile> {
  const file = await readYamlFile(path);
  const { value, lineOf } = file.text;
  const configs = isMap(value) ? value['configs'] : undefined;
  if (!isMap(value) || !isMap(configs)) return file;
  const folder = path === '-' ? '.' : dirname(path);
  const issues: InputIssue[] = [];
  const read = new Map<string, string>();
  for (const [name, config] of Object.entries(configs)) {
    if (!isMap(config) || typeof config['file'] !== 'string' || 'content' in config) continue;
    const found = await textOf(resolve(folder, config['file']));
    if ('text' in found) read.set(name, found.text);
    else issues.push(unread({ name, file: config['file'], why: found.why }));
  }
  if (issues.length > 0) throw unreadable(file, issues);
  const isRead = (pointer: string): string | undefined =>
    [...read.keys()].find((name) => pointer === pointerOf(['configs', name, 'content']));
  return {
    ...file,
    text: {
      value: { ...value, configs: withContents(configs, read) },
      // What is wrong with the content of a file is told where its path is written.
      lineOf: (pointer) => {
        const name = isRead(pointer);
        return lineOf(name === undefined ? pointer : pointerOf(['configs', name, 'file']));
      },
    },
  };
}

const withContents = (configs: Record<string, unknown>, read: ReadonlyMap<string, string>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(configs).map(([name, config]) => {
      const content = read.get(name);
      if (content === undefined || !isMap(config)) return [name, config];
      const { file: _file, ...rest } = config;
      return [name, { ...rest, content }];
    }),
  );

async function textOf(path: string): Promise<{ text: string } | { why: string }> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) return { why: `it has ${size} bytes` };
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)) };
  } catch (error) {
    return { why: error instanceof TypeError ? 'it is not text in UTF-8' : whyUnreadable(error) };
  }
}

const unread = ({ name, file, why }: { name: string; file: string; why: string }): InputIssue => ({
  pointer: pointerOf(['configs', name, 'file']),
  message: `cannot read \`${file}\`: ${why}`,
});

const unreadable = ({ file, text }: YamlFile, issues: readonly InputIssue[]): FileError =>
  new FileError(
    file,
    new AppError('invalid_input', `${file} names files that cannot be read`, { done: 'Nothing was sent.' }),
    issues.map((issue) => ({ ...issue, line: text.lineOf(issue.pointer) })),
  );
