/** A ref as senders tell it, or a pattern for one; a name without `refs/` never fits. */
export const wholeRef = /^(?:refs\/|\*)/;

export const writeWholeRef = 'write all of it, such as refs/heads/main or refs/tags/v*';
