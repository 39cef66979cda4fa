import { resolve } from 'node:path';
import type { InputIssue } from '#core/errors.ts';
import { isMap } from '#core/map.ts';
import { pointerOf } from '#core/pointer.ts';
import { textOf } from './text-file.ts';
import type { WithOthers, YamlFile } from './yaml-file.ts';

/**
 * Puts what the files of the configs of a spec or Compose file say in the place of their paths, which go from its own
 * folder: `configs: { site: { file: ./site.conf } }`.
 */
export async function withConfigs(file: YamlFile, folder: string): Promise<WithOthers> {
  const { value, lineOf } = file.text;
  const configs = isMap(value) ? value['configs'] : undefined;
  if (!isMap(value) || !isMap(configs)) return { file, issues: [] };
  const issues: InputIssue[] = [];
  const read = new Map<string, string>();
  for (const [name, config] of Object.entries(configs)) {
    if (!isMap(config) || typeof config['file'] !== 'string' || 'content' in config) continue;
    const found = await textOf(resolve(folder, config['file']));
    if ('text' in found) read.set(name, found.text);
    else issues.push(unread({ name, file: config['file'], why: found.why }));
  }
  const isRead = (pointer: string): string | undefined =>
    [...read.keys()].find((name) => pointer === pointerOf(['configs', name, 'content']));
  const whole: YamlFile = {
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
  return { file: whole, issues };
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

const unread = ({ name, file, why }: { name: string; file: string; why: string }): InputIssue => ({
  pointer: pointerOf(['configs', name, 'file']),
  message: `cannot read \`${file}\`: ${why}`,
});
