import type { Meter } from '#core/meter.ts';
import type { SlackDoor } from '#slack/slack-app.ts';
import type { SlackRuntime } from './runtime.ts';

/** The door, with everything that Slack sends counted by what it was answered with. */
export function countedDoor(door: SlackDoor, meter: Meter): SlackDoor {
  const counted = async (kind: string, answer: Promise<Response>): Promise<Response> => {
    const response = await answer;
    meter.count('flotilla_slack_requests_total', { kind, status: String(response.status) });
    return response;
  };
  return {
    handle: (request, background) => counted('http', door.handle(request, background)),
    receive: (envelope, background) => counted(envelope.kind, door.receive(envelope, background)),
  };
}

/** Calls of Slack and waits for its budgets, counted. */
export function countedRuntime({ fetch, pause }: Required<SlackRuntime>, meter: Meter): Required<SlackRuntime> {
  return {
    async fetch(request) {
      const method = methodOf(request.url);
      const count = (status: string): void => meter.count('flotilla_slack_calls_total', { method, status });
      try {
        const response = await fetch(request);
        count(String(response.status));
        return response;
      } catch (error) {
        count('away');
        throw error;
      }
    },
    async pause(ms, signal) {
      meter.count('flotilla_slack_budget_waits_total');
      await pause(ms, signal);
    },
  };
}

/** `chat.postMessage`; addresses that Slack gives out for one answer are secrets, and are one method. */
const methodOf = (url: string): string =>
  /\/api\/([a-z]+(?:\.[A-Za-z]+)+)$/.exec(new URL(url).pathname)?.[1] ?? 'response_url';
