/**
 * What stands aside while a container is replaced, under a name of its own: the next one until the old one is stopped, the
 * old one until the next one runs, and one that did not run, so that its log can be read.
 */
export const asides = ['next', 'old', 'failed'] as const;
export type Aside = (typeof asides)[number];

/** The name that one has aside: `tool.flotilla-old`. */
export const asideName = (container: string, aside: Aside): string => `${container}.flotilla-${aside}`;

/** Whose place it is, and as what it stands aside; null for any other name. */
export function asideOf(name: string): { container: string; aside: Aside } | null {
  const aside = asides.find((one) => name.endsWith(asideName('', one)));
  return aside === undefined ? null : { container: name.slice(0, -asideName('', aside).length), aside };
}
