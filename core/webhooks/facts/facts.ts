/**
 * What a payload says, as far as a rule may look at it. Only plain words get this far: a value that could be more than
 * a word of a command is left out. Null: the payload does not say it.
 */
export interface WebhookFacts {
  /** `push`, `workflow_run`, `registry_package`, `release`, `deployment`, `pipeline`, `image`. */
  event: string;
  /** `completed`, `published`; what happened, where the event has several. */
  action: string | null;
  /** The sender's own id of the repository, which stays when it is renamed. */
  repository: string | null;
  /** Its name, to be shown; never matched. */
  repositoryName: string | null;
  /** `refs/heads/main`, `refs/tags/v1`. */
  ref: string | null;
  sha: string | null;
  /** `success`, `failure`. */
  conclusion: string | null;
  workflow: string | null;
  environment: string | null;
  /** Name of the image without tag and digest. */
  image: string | null;
  tag: string | null;
  /** `sha256:…`. A hint only where the sender does not sign. */
  digest: string | null;
  /** Whoever pushed, as the sender calls him. */
  person: string | null;
}

const nothing: Omit<WebhookFacts, 'event'> = {
  action: null,
  repository: null,
  repositoryName: null,
  ref: null,
  sha: null,
  conclusion: null,
  workflow: null,
  environment: null,
  image: null,
  tag: null,
  digest: null,
  person: null,
};

const forms: Partial<Record<keyof WebhookFacts, RegExp>> = {
  tag: /^[\w][\w.-]{0,127}$/,
  digest: /^sha256:[0-9a-f]{64}$/,
  sha: /^[0-9a-f]{40}([0-9a-f]{24})?$/,
  image: /^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/,
  ref: /^refs\/[\w./-]{1,200}$/,
};
/** One line, no controls, no quotes: enough for names of people, workflows and environments. */
// oxlint-disable-next-line no-control-regex
const plainForm = /^[^\u0000-\u001F\u007F"'`\\]{1,200}$/;

/** The form of an event that a sender may name himself. */
export const ownEvent = /^[a-z][a-z_.-]{0,40}$/;

/** Facts with everything left out that does not look like what it should be. */
export function factsOf(event: string, said: Partial<Record<keyof WebhookFacts, unknown>>): WebhookFacts {
  const checked = Object.entries(said).flatMap(([key, value]) => {
    const text = typeof value === 'number' ? String(value) : value;
    const form = formOf(key);
    return typeof text === 'string' && form.test(text) ? [[key, text]] : [];
  });
  return { ...nothing, ...Object.fromEntries(checked), event };
}

const formOf = (key: string): RegExp => Object.entries(forms).find(([name]) => name === key)?.[1] ?? plainForm;
