/** One message of a `text/event-stream`. */
export interface SseMessage {
  id: string | undefined;
  event: string;
  data: string;
}

/** Longest line and message in characters; more than that is not our API. */
const messageCharsMax = 16_000_000;

/** The messages of a stream as they arrive. Comments (keep-alives) are passed over; a message cut off at the end is dropped. */
export async function* sseMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<SseMessage> {
  let fields: string[] = [];
  for await (const line of linesOf(body)) {
    if (line !== '') {
      if (!line.startsWith(':')) fields.push(line);
      continue;
    }
    const message = messageOf(fields);
    fields = [];
    if (message !== undefined) yield message;
  }
}

function messageOf(lines: string[]): SseMessage | undefined {
  const data: string[] = [];
  let id: string | undefined;
  let event = 'message';
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'id') id = value;
    else if (name === 'event') event = value;
  }
  return data.length === 0 ? undefined : { id, event, data: data.join('\n') };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > messageCharsMax) throw new Error('a line of the event stream is too long');
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
