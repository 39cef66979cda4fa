import { sha256Hex, utf8, uuidOf } from '#core/hmac.ts';

/** The same for what is about the same, wherever and whenever it is posted: Slack takes it once. */
export const postIdOf = async (...about: readonly (string | number)[]): Promise<string> =>
  uuidOf(await sha256Hex(utf8(`flotilla-post-1 ${about.join(' ')}`)));
