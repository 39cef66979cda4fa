/** A sentence that becomes part of another: without the full stop at its end. */
export const withoutStop = (text: string): string => text.replace(/\.$/, '');

/** The same the other way: with an end, and not with two. */
export const withStop = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
