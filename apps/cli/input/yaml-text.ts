import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { AppError, type InputIssue } from '#core/errors.ts';
import { reasonOf } from '#core/log.ts';
import { pointerSegments } from '#core/pointer.ts';
import { FileError } from './file-error.ts';

/** A YAML text as a value, with the way back from a JSON pointer to a line. */
export interface YamlText {
  value: unknown;
  /** Line (from 1) of what the pointer names; of the nearest thing around it when that is absent from the text. */
  lineOf: (pointer: string) => number;
}

/**
 * Reads one YAML 1.2 document (JSON is YAML too). Merge keys (`<<`) are understood, as in Compose.
 * @throws AppError `invalid_input` with all syntax errors and duplicate keys, each with its line.
 */
export function parseYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  // A warning is something that was read otherwise than it is written, such as an unknown tag.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const issues = faults.map(({ message, pos }): InputIssue => {
      const { line, col } = lines.linePos(pos[0]);
      return { pointer: '', line, message: `${message.trim()} (column ${col})` };
    });
    throw new FileError(
      file,
      new AppError('invalid_input', `${file} is not valid YAML`, { done: 'Nothing was sent.' }),
      issues,
    );
  }
  return { value: valueOf(document, file), lineOf: (pointer) => lines.linePos(offsetOf(document, pointer)).line };
}

function valueOf(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const why = reasonOf(error);
    throw new AppError('invalid_input', `${file} cannot be read: ${why}`, { done: 'Nothing was sent.', cause: error });
  }
}

/** Offset of the key (in a map) or the item (in a list) that the pointer names. */
function offsetOf(document: Document, pointer: string): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const segment of pointerSegments(pointer)) {
    const at = isAlias(node) ? node.resolve(document) : node;
    const found = childOf(at, segment);
    if (found === undefined) break;
    offset = startOf(found.place) ?? offset;
    node = found.value;
  }
  return offset;
}

function childOf(node: unknown, segment: string): { place: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(segment)];
    return item === undefined ? undefined : { place: item, value: item };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === segment);
  return pair === undefined ? undefined : { place: pair.key, value: pair.value };
}

const startOf = (place: unknown): number | undefined =>
  typeof place === 'object' && place !== null && 'range' in place ? rangeStart(place.range) : undefined;

const rangeStart = (range: unknown): number | undefined => {
  const first: unknown = Array.isArray(range) ? range[0] : undefined;
  return typeof first === 'number' ? first : undefined;
};
