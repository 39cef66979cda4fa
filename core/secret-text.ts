/** A token of ours up to its secret, wherever it stands: the environment, where there is one, and the public id. */
export const tokenStart = 'flt_(?:[0-9a-z]{1,12}_)?[0-9A-Za-z]{12}_';

/** From the start of a token to its end, or to where somebody broke it off; and what may be shown of it. */
export const tokenForm = [new RegExp(`(${tokenStart})[0-9A-Za-z_]+`, 'g'), '$1…'] as const;

/**
 * What must not be read out of a log, in the forms in which it comes into a text by mistake: our tokens (their public id
 * stays), secrets of webhooks, tokens of Slack, what stands behind `Bearer`, and passwords in addresses.
 */
const forms: readonly (readonly [RegExp, string])[] = [
  tokenForm,
  [/\bwhsec_[0-9A-Za-z+/=_-]+/g, 'whsec_…'],
  [/\b(xox[a-z]|xapp)-[0-9A-Za-z-]+/g, '$1-…'],
  [/\b(Bearer|Basic) +(?!flt_)[0-9A-Za-z+/=._~-]{8,}/gi, '$1 …'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, '$1:…@'],
];

/** What one of the forms begins with: nearly no text has any of it, and one look is cheaper than one for each form. */
const mayHold = /flt_|whsec_|xox|xapp|bearer|basic|:\/\//i;

/** The text with such secrets cut down to what may be shown. */
export const withoutSecretText = (text: string): string =>
  mayHold.test(text) ? forms.reduce((clean, [form, shown]) => clean.replaceAll(form, shown), text) : text;
