/** `nginx:1.27@sha256:4fe8…` as `nginx:1.27 (4fe8fb8e4609)`: 64 digits say no more to people. */
export const shortDigests = (text: string): string => text.replaceAll(/@sha256:([0-9a-f]{12})[0-9a-f]{52}/g, ' ($1)');

/** A digest is short at a terminal, and whole elsewhere. */
export const forTerminal = (text: string, width: number | undefined): string =>
  width === undefined ? text : shortDigests(text);
