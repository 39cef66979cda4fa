import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret that was put somewhere to see where it turns up. */
export interface Canary {
  /** What it is, to be told with where it was found. */
  name: string;
  /** The part that nobody may find. */
  secret: string;
}

/** Something that was written or answered, with the place where. */
export interface Trace {
  where: string;
  bytes: Buffer;
}

export const traceOf = (where: string, text: string): Trace => ({ where, bytes: Buffer.from(text) });

/** Every file below a folder, as it is on the disk. */
export const filesBelow = (folder: string): Trace[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ where: path.slice(folder.length + 1), bytes: readFileSync(path) }));

/** `where: name (form)` for each canary that is in a trace, in whichever form. */
export function sightings(traces: readonly Trace[], canaries: readonly Canary[]): string[] {
  const wanted = canaries.map(({ name, secret }) => ({ name, forms: formsOf(secret) }));
  return traces.flatMap(({ where, bytes }) => {
    const exact = bytes.toString('latin1');
    const folded = exact.toLowerCase();
    return wanted.flatMap(({ name, forms }) =>
      forms
        .filter(({ text, isFolded }) => (isFolded ? folded : exact).includes(text))
        .map(({ form }) => `${where}: ${name} (${form})`),
    );
  });
}

interface Form {
  form: string;
  text: string;
  /** Looked for whatever the case: hex is written in both, and an index of words keeps them in small letters. */
  isFolded: boolean;
}

/** A secret in the forms in which it might be written down. */
export function formsOf(secret: string): Form[] {
  const bytes = Buffer.from(secret);
  const folded = [
    { form: 'plain', text: bytes.toString('latin1') },
    { form: 'json', text: Buffer.from(JSON.stringify(secret).slice(1, -1)).toString('latin1') },
    { form: 'url', text: encodeURIComponent(secret) },
    { form: 'form', text: new URLSearchParams({ '': secret }).toString().slice(1) },
    { form: 'hex', text: bytes.toString('hex') },
    ...wordsOf(secret).map((text) => ({ form: 'word', text })),
  ].map((one) => ({ ...one, text: one.text.toLowerCase(), isFolded: true }));
  const exact = [0, 1, 2].flatMap((before) => {
    const text = base64Within(bytes, before);
    return [
      { form: 'base64', text },
      { form: 'base64url', text: text.replaceAll('+', '-').replaceAll('/', '_') },
    ].map((one) => ({ ...one, isFolded: false }));
  });
  return distinct([...folded, ...exact]);
}

/** What base64 has of it wherever it begins: without the first and last letters, which its neighbours also decide. */
function base64Within(bytes: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const bits = (before + bytes.length) * 8;
  return whole.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
}

/** Long words of it: a full-text index keeps words, and of each only where it differs from the one before. */
const wordsOf = (secret: string): string[] => (secret.match(/[0-9a-z]{12,}/gi) ?? []).map((word) => word.slice(4));

/** Forms that come out the same are told by the first. */
const distinct = (forms: Form[]): Form[] => [...new Map(forms.toReversed().map((one) => [one.text, one])).values()];
