/** The closed set of expected refusals. Each code maps to one HTTP status and one CLI exit code. */
const codes = {
  invalid_input: { status: 400, exit: 2, title: 'The request is not valid' },
  invalid_spec: { status: 422, exit: 2, title: 'The spec is not valid' },
  not_supported_yet: { status: 422, exit: 2, title: 'Not supported yet' },
  unauthenticated: { status: 401, exit: 4, title: 'Not authenticated' },
  forbidden: { status: 403, exit: 4, title: 'Not allowed' },
  not_found: { status: 404, exit: 3, title: 'Not found' },
  already_exists: { status: 409, exit: 5, title: 'Already exists' },
  conflict: { status: 409, exit: 5, title: 'In conflict with the present state' },
  other_worker: { status: 409, exit: 5, title: 'Another worker has to run it' },
  busy: { status: 409, exit: 5, title: 'Another operation is running' },
  stale_fence: { status: 409, exit: 5, title: 'The lease is not held any more' },
  plan_stale: { status: 409, exit: 5, title: 'The plan does not match the cluster any more' },
  locked: { status: 409, exit: 5, title: 'Locked or frozen' },
  approval_denied: { status: 403, exit: 4, title: 'The approval was denied' },
  approval_expired: { status: 409, exit: 5, title: 'Not approved in time' },
  plan_refused: { status: 422, exit: 6, title: 'No safe plan can be made' },
  not_ours: { status: 409, exit: 6, title: 'An object of that name is not ours' },
  host_unreachable: { status: 502, exit: 7, title: 'The host cannot be reached' },
  host_key_unknown: { status: 409, exit: 7, title: 'The host key is not pinned yet' },
  host_key_changed: { status: 409, exit: 7, title: 'The host key is not the pinned one' },
  ssh_auth_failed: { status: 502, exit: 7, title: 'The host refused the SSH login' },
  ssh_key_unavailable: { status: 502, exit: 7, title: 'The worker has no such SSH key' },
  secret_unavailable: { status: 502, exit: 7, title: 'The worker cannot use a secret that it is to make' },
  registry_login_unavailable: { status: 502, exit: 7, title: 'The worker cannot use its registry logins' },
  engine_missing: { status: 502, exit: 7, title: 'No Docker Engine on the host' },
  engine_forbidden: { status: 502, exit: 7, title: 'No right to use the Docker socket' },
  engine_too_old: { status: 502, exit: 7, title: 'The Docker Engine is too old' },
  engine_unreachable: { status: 502, exit: 7, title: 'The Docker Engine does not answer' },
  engine_error: { status: 502, exit: 7, title: 'The Docker Engine refused the call' },
  adopted_read_only: { status: 409, exit: 6, title: 'The cluster is adopted, and only looked at' },
  in_other_swarm: { status: 409, exit: 6, title: 'The host is in another swarm' },
  image_not_found: { status: 422, exit: 1, title: 'The image does not exist' },
  port_taken: { status: 409, exit: 6, title: 'The port is taken' },
  step_failed: { status: 500, exit: 1, title: 'A step failed' },
  preflight_failed: { status: 500, exit: 8, title: 'The preflight failed' },
  verification_failed: { status: 500, exit: 8, title: 'The verification failed' },
  cancelled: { status: 409, exit: 9, title: 'Cancelled' },
  timeout: { status: 504, exit: 10, title: 'Not finished in time' },
  queue_unavailable: { status: 503, exit: 11, title: 'Redis is away' },
  audit_unavailable: { status: 503, exit: 11, title: 'The record cannot be written' },
  worker_stopped: { status: 503, exit: 11, title: 'The worker was stopped' },
  api_unreachable: { status: 503, exit: 11, title: 'The control plane does not answer' },
  issuer_unreachable: { status: 502, exit: 11, title: 'The keys of the issuer cannot be had' },
  idempotency_reused: { status: 422, exit: 5, title: 'The key stands for another request' },
  rate_limited: { status: 429, exit: 5, title: 'Too many requests' },
  request_timeout: { status: 408, exit: 10, title: 'The request did not come in time' },
  unsupported_media_type: { status: 415, exit: 2, title: 'Not a media type that is read here' },
  payload_too_large: { status: 413, exit: 2, title: 'The request is too large' },
  internal: { status: 500, exit: 70, title: 'A fault of Flotilla itself' },
} as const;

export type ErrorCode = keyof typeof codes;

/** One place in the input that is wrong: a JSON pointer, and a line where the text is known. */
export interface InputIssue {
  pointer: string;
  message: string;
  line?: number;
  /** The file that the line is in, where several were read. */
  file?: string;
}

export interface ErrorFields {
  /** What was done before it stopped, and what was not. Absent when nothing was attempted. */
  done?: string;
  /** What the reader should do now. */
  next?: string;
  host?: string;
  issues?: InputIssue[];
  /** Sent along over HTTP, such as Retry-After. */
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** An expected refusal, told to people as it is. Anything else that is thrown is a bug. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly done: string | undefined;
  readonly next: string | undefined;
  readonly host: string | undefined;
  readonly issues: InputIssue[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: ErrorCode, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'AppError';
    this.code = code;
    this.done = fields.done;
    this.next = fields.next;
    this.host = fields.host;
    this.issues = fields.issues;
    this.headers = fields.headers;
  }
}

/** What was asked for, or why it was refused; whatever else is thrown is thrown on. */
export async function orRefusal<T>(asked: Promise<T>): Promise<T | AppError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** HTTP status of a code (RFC 9457 `status`). */
export const statusOf = (code: ErrorCode): number => codes[code].status;

/** What the exit codes of the CLI mean; `audit verify` has more of its own. */
export const exitMeanings: ReadonlyMap<number, string> = new Map([
  [0, 'done'],
  [1, 'an operation failed in one of its steps'],
  [2, 'wrong usage or input'],
  [3, 'not found'],
  [4, 'not allowed, or denied'],
  [5, 'in conflict (exists, busy, locked, stale plan)'],
  [6, 'refused, with nothing done (unsafe, not ours, port taken)'],
  [7, 'host, SSH or engine'],
  [8, 'not verified, or the preflight failed'],
  [9, 'cancelled, or you said no'],
  [10, 'not in time'],
  [11, 'control plane, worker, Redis or record away'],
  [70, 'a fault of Flotilla'],
  [130, 'interrupted'],
]);

/** Exit code of the CLI for a code. An operation that failed says less by it: what was refused had not begun. */
export const exitCodeOf = (code: ErrorCode): number => codes[code].exit;

/** The short title of a code (RFC 9457 `title`), the same for every occurrence. */
export const titleOf = (code: ErrorCode): string => codes[code].title;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(codes, text);

export const errorCodes = Object.keys(codes).filter(isErrorCode);
