/* Slack's limits on messages and views: what the real one refuses, the fake one refuses, with the same word. */

const textMax = 40_000;
/** Undocumented; `msg_blocks_too_long` was seen at about this many characters. */
const blocksCharactersMax = 13_200;

type Limit = readonly [path: string, max: number];

const lengths: Readonly<Record<string, readonly Limit[]>> = {
  section: [['text.text', 3000]],
  header: [['text.text', 150]],
  markdown: [['text', 12_000]],
  context: [],
  actions: [],
  input: [
    ['label.text', 2000],
    ['hint.text', 2000],
  ],
  button: [
    ['text.text', 75],
    ['value', 2000],
    ['url', 3000],
    ['action_id', 255],
    ['confirm.title.text', 100],
    ['confirm.text.text', 300],
    ['confirm.confirm.text', 30],
    ['confirm.deny.text', 30],
  ],
  static_select: [['action_id', 255]],
  plain_text_input: [['action_id', 255]],
};

const counts: Readonly<Record<string, number>> = { context: 10, actions: 25 };

/** Null when Slack would take it, otherwise the error and where. */
export function checkMessage(text: string, blocks: readonly unknown[]): string | null {
  if (text.length > textMax) return 'msg_too_long';
  if (blocks.length > 50) return 'invalid_blocks: more than 50 blocks';
  if (text === '' && blocks.length === 0) return 'no_text';
  if (JSON.stringify(blocks).length > blocksCharactersMax) return 'msg_blocks_too_long';
  return firstOf(blocks.map((block, at) => checkBlock(block, `/blocks/${at}`)));
}

export function checkView(view: Record<string, unknown>): string | null {
  const blocks: unknown[] = Array.isArray(view['blocks']) ? view['blocks'] : [];
  if (blocks.length > 100) return 'invalid_arguments: more than 100 blocks';
  const tooLong = [
    ['title', 24],
    ['submit', 24],
    ['close', 24],
  ].find(([key, max]) => textAt(view, `${key}.text`).length > Number(max));
  if (tooLong !== undefined) return `invalid_arguments: ${tooLong[0]} is too long`;
  if (textAt(view, 'private_metadata').length > 3000) return 'invalid_arguments: private_metadata is too long';
  if (textAt(view, 'callback_id').length > 255) return 'invalid_arguments: callback_id is too long';
  return firstOf(blocks.map((block, index) => checkBlock(block, `/view/blocks/${index}`)));
}

function checkBlock(block: unknown, where: string): string | null {
  const type = String(at(block, 'type'));
  const limits = lengths[type];
  if (limits === undefined)
    return knownWithoutLimits.includes(type) ? null : `invalid_blocks: ${where}: unknown ${type}`;
  const long = limits.find(([path, max]) => textAt(block, path).length > max);
  if (long !== undefined) return `invalid_blocks: ${where}/${long[0]}: longer than ${long[1]}`;
  // An empty text is refused as well.
  if (at(block, 'text') !== undefined && at(block, 'text.text') === '') return `invalid_blocks: ${where}/text: empty`;
  const elements = listAt(block, 'elements');
  const elementsMax = counts[type];
  if (elementsMax !== undefined && (elements.length === 0 || elements.length > elementsMax))
    return `invalid_blocks: ${where}: ${elements.length} elements`;
  const fields = listAt(block, 'fields');
  if (fields.length > 10 || fields.some((field) => String(at(field, 'text')).length > 2000))
    return `invalid_blocks: ${where}/fields`;
  const inner = [...elements, ...listAt(block, 'accessory'), ...listAt(block, 'element')];
  return firstOf(
    inner
      .filter((element) => lengths[String(at(element, 'type'))] !== undefined)
      .map((element, index) => checkBlock(element, `${where}/${index}`)),
  );
}

const knownWithoutLimits = [
  'divider',
  'rich_text',
  'image',
  'mrkdwn',
  'plain_text',
  'users_select',
  'checkboxes',
  'radio_buttons',
  'number_input',
  'table',
];

const firstOf = (errors: readonly (string | null)[]): string | null => errors.find((error) => error !== null) ?? null;

const listAt = (value: unknown, path: string): unknown[] => {
  const found = at(value, path);
  if (found === undefined) return [];
  return Array.isArray(found) ? found : [found];
};

const textAt = (value: unknown, path: string): string => {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
};

/** A member of a plain object, by a dotted path. */
export const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
      value,
    );
