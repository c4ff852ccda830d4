/** The stream of server-sent events: the whole view whenever it changes, and signs of life in between. */
import type { ServerResponse } from 'node:http';
import type { RunView } from '../../runbooks/view/run-view.ts';
import type { LiveSource } from './source.ts';

export const HEARTBEAT_MS = 5_000;
/** A browser whose stream broke comes back after this long. */
const RETRY_MS = 1_000;

export type EventStream = {
  add(response: ServerResponse): void;
  /** Ends every stream; the browsers try again by themselves. */
  close(): void;
};

/**
 * `event: view` holds a RunView. `event: heartbeat` holds `{"ageMs": ...}`, how old the view is that was sent last: a page
 * opened long after the last change counts on from the right place.
 */
export function createEventStream(source: LiveSource): EventStream {
  /** Each with the instant, on this process's monotonic clock, at which the view was made that it was sent last. */
  const streams = new Map<ServerResponse, number>();
  /** Streams whose reader is slow: they get the newest view once they have read what they were sent, never a queue of old ones. */
  const behind = new Set<ServerResponse>();
  function sendView(stream: ServerResponse, view: RunView): void {
    if (stream.writableNeedDrain) {
      behind.add(stream);
      return;
    }
    streams.set(stream, performance.now() - wallAgeMs(view));
    stream.write(`event: view\ndata: ${JSON.stringify(view)}\n\n`);
    sendHeartbeat(stream);
  }

  function sendHeartbeat(stream: ServerResponse): void {
    const madeMs = streams.get(stream);
    if (stream.writableNeedDrain || madeMs === undefined) return;
    stream.write(`event: heartbeat\ndata: {"ageMs":${Math.round(performance.now() - madeMs)}}\n\n`);
  }

  const unsubscribe = source.subscribe((view) => {
    for (const stream of streams.keys()) sendView(stream, view);
  });
  const heart = setInterval(() => {
    for (const stream of streams.keys()) sendHeartbeat(stream);
  }, HEARTBEAT_MS);
  heart.unref();

  return {
    add(response) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
      response.write(`retry: ${RETRY_MS}\n\n`);
      response.on('close', () => {
        streams.delete(response);
        behind.delete(response);
      });
      response.on('drain', () => {
        if (behind.delete(response)) sendView(response, source.current());
      });
      sendView(response, source.current());
    },
    close() {
      clearInterval(heart);
      unsubscribe();
      for (const stream of streams.keys()) stream.end();
    },
  };
}

/** A view may have been made a while before it was handed over; a wall clock that was set back must not make it younger than new. */
function wallAgeMs({ madeAtUtc }: RunView): number {
  return Math.max(0, Date.now() - Date.parse(madeAtUtc));
}
