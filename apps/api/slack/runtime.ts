/** What the runtime has; a test has others. */
export interface SlackRuntime {
  fetch?: (request: Request) => Promise<Response>;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}
