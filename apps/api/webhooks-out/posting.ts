/** What a receiver answered, or why there is no answer. */
export interface Posted {
  status: number | null;
  error: string | null;
  /** What its Retry-After asks for. */
  retryAfterMs: number;
}

export interface Posting {
  url: string;
  headers: Record<string, string>;
  body: string;
  allowPrivate: boolean;
}

export type Post = (posting: Posting) => Promise<Posted>;

/** For how long one attempt is waited for. */
export const postTimeoutMs = 15_000;

export const notPosted = (error: string): Posted => ({ status: null, error, retryAfterMs: 0 });

/** What a Retry-After of seconds asks for, in milliseconds; 0 for none and for one that is a date. */
export const retryAfterOf = (header: unknown): number =>
  typeof header === 'string' && /^\d{1,7}$/.test(header) ? Number(header) * 1000 : 0;
