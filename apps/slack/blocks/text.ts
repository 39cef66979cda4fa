import { withMoments } from '#core/moments.ts';
import type { KnownBlock } from '@slack/types';

/** What is sent: `text` is read aloud and shown in notifications, and stands alone where blocks are not shown. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}

/** Slack refuses longer ones (docs.slack.dev, Block Kit reference). */
const sectionMax = 3000;
const textMax = 4000;
/** Of all blocks as JSON: Slack refuses more than some 13,200. */
const blocksCharactersMax = 12_000;

/**
 * A text of somebody's as Slack shows it: no mention, link or markup comes to life.
 * A mark of markup inside a word is none, and a name with `_` can be copied as it is; backticks only make code of it.
 */
export const plain = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu, '\u2060$&')
    .replace(/[\u202A-\u202E\u2066-\u2069]/g, '');

/** Inside a code span only the backtick and the three escaped characters mean something. */
export const code = (text: string): string => `\`${withoutMarkup(text)}\``;

/** A fixed-width block; clipped by lines, and it says so. */
export function preformatted(lines: readonly string[], charactersMax = blockMax): string {
  const safe = lines.map(withoutMarkup);
  let length = 0;
  const fitting = safe.filter((line) => (length += line.length + 1) <= charactersMax);
  return fixedWidth([...fitting, ...moreLines(safe.length - fitting.length)]);
}

/** Fixed-width blocks of which each fits into a section: what decides over a plan may stand at its end. */
export function preformattedBlocks(lines: readonly string[], blocksMax: number): string[] {
  const blocks: string[][] = [[]];
  let length = 0;
  let left = lines.length;
  for (const line of lines.map((one) => clip(withoutMarkup(one), blockMax - 1))) {
    length += line.length + 1;
    if (length > blockMax) {
      if (blocks.length === blocksMax) break;
      blocks.push([]);
      length = line.length + 1;
    }
    blocks.at(-1)?.push(line);
    left -= 1;
  }
  blocks.at(-1)?.push(...moreLines(left));
  return blocks.map(fixedWidth);
}

const blockMax = sectionMax - 100;

const withoutMarkup = (line: string): string =>
  line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', 'ˋ');

const moreLines = (left: number): string[] => (left > 0 ? [`… and ${left} more lines`] : []);

const fixedWidth = (lines: readonly string[]): string => `\`\`\`${lines.join('\n')}\`\`\``;

/** Clips by characters that people see; an escape such as `&amp;` is never cut in two. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1).replace(/&[a-z]{0,3}$/, '');
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

export const section = (markdown: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: clip(markdown, sectionMax) },
});

/** Small grey lines below; at most ten. */
export const context = (...markdown: readonly string[]): KnownBlock => ({
  type: 'context',
  elements: markdown.slice(0, 10).map((text) => ({ type: 'mrkdwn', text: clip(text, sectionMax) })),
});

/** A person by his Slack id, shown with his name by Slack itself. */
export const mention = (userId: string): string => (/^[UW][A-Z0-9]+$/.test(userId) ? `<@${userId}>` : plain(userId));

/** A moment in the reader's own time zone, with a fallback for where that is not shown. */
export const moment = (iso: string): string =>
  `<!date^${Math.floor(Date.parse(iso) / 1000)}^{date_short_pretty} {time}|${iso}>`;

/** A sentence of ours as it is read in Slack: moments in the reader's own time, channels by name. */
export const readable = (text: string): string =>
  withMoments(plain(text), moment).replace(/#([CG][A-Z0-9]{4,20})\b/g, '<#$1>');

/** Notifications show this text, and nothing in it may call anybody: what is escaped already stays as it is. */
const inert = (text: string): string =>
  text
    .replace(/&(?!(?:amp|lt|gt);)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

/** The whole as Slack takes it: at most 50 blocks and about 12,000 characters; what is left out is said, and no button is. */
export function message(text: string, blocks: readonly KnownBlock[]): Message {
  const isKept = ({ type }: KnownBlock, at: number): boolean => (at === 0 && type === 'section') || type === 'actions';
  let size = sizeOf(blocks.filter(isKept));
  const fitting = blocks.filter(
    (block, at) => isKept(block, at) || (at < 48 && (size += sizeOf([block])) < blocksCharactersMax),
  );
  const left = blocks.length - fitting.length;
  return {
    text: clip(inert(text), textMax),
    blocks:
      left === 0 ? fitting : [...fitting, context(`${left} more parts do not fit here; the full report has them.`)],
  };
}

const sizeOf = (blocks: readonly KnownBlock[]): number =>
  blocks.reduce((sum, block) => sum + JSON.stringify(block).length, 0);
