import { composeSchema } from './compose-file.ts';
import { kindsIn } from './known-keys.ts';
import { type Filled, type Lookup, withVariables } from './variables.ts';

/** The Compose file of a stack with the values of its variables; one that is a number is one where no text is taken. */
export function withComposeVariables(compose: unknown, lookup: Lookup): Filled {
  const kindsAt = kindsIn(composeSchema);
  return withVariables(compose, lookup, (path, text) => {
    const kinds = kindsAt(path);
    if (kinds.includes('string')) return text;
    if (kinds.includes('boolean') && /^(?:true|false)$/.test(text)) return text === 'true';
    const isNumber = kinds.includes('number') || kinds.includes('integer');
    return isNumber && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
  });
}
