import type { Duplex } from 'node:stream';
import { demux, type Frame } from './demux.ts';
import type { CallOptions, EngineClient } from './engine.ts';

/** Standard input and output of a container's own process. */
export interface Attachment {
  write: (text: string) => void;
  /** The end of its standard input. */
  end: () => void;
  /** Lets go of it at once; what the container writes from then on is not heard. */
  close: () => void;
  /** Resolves when the stream is over: the container has ended, or the connection was lost. Never rejects. */
  over: Promise<void>;
}

/** Attaches to a container without a terminal that was made with `OpenStdin`; before its start, so that all is heard. */
export async function attachContainer(
  engine: EngineClient,
  id: string,
  onFrame: (frame: Frame) => void,
  options?: CallOptions,
): Promise<Attachment> {
  const query = { stream: true, stdin: true, stdout: true, stderr: true };
  const path = `/containers/${encodeURIComponent(id)}/attach`;
  const stream = await engine.upgrade({ method: 'POST', path, query }, options);
  const over = readAll(stream, onFrame);
  return {
    write: (text) => void (stream.writable && stream.write(text)),
    end: () => void (stream.writable && stream.end()),
    close: () => void stream.destroy(),
    over,
  };
}

/** A lost connection ends it as the container's own end does: the reader sees what is missing in what it got. */
async function readAll(stream: Duplex, onFrame: (frame: Frame) => void): Promise<void> {
  try {
    for await (const frame of demux(stream)) onFrame(frame);
  } catch {
    stream.destroy();
  }
}
