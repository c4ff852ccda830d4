/** The stream of server-sent events: the whole view whenever it changes, and signs of life in between. */
import type { ServerResponse } from 'node:http';
import type { RunView } from '../../runbooks/run-view.ts';
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
  const streams = new Set<ServerResponse>();
  /** Streams whose reader is slow: they get the newest view once they have read what they were sent, never a queue of old ones. */
  const behind = new Set<ServerResponse>();
  let view = source.current();
  let seenMs = performance.now() - wallAgeMs(view);

  function sendView(stream: ServerResponse): void {
    if (stream.writableNeedDrain) {
      behind.add(stream);
      return;
    }
    stream.write(`event: view\ndata: ${JSON.stringify(view)}\n\n`);
    sendHeartbeat(stream);
  }

  function sendHeartbeat(stream: ServerResponse): void {
    if (stream.writableNeedDrain) return;
    stream.write(`event: heartbeat\ndata: {"ageMs":${Math.round(performance.now() - seenMs)}}\n\n`);
  }

  function take(next: RunView): void {
    view = next;
    seenMs = performance.now() - wallAgeMs(next);
  }

  const unsubscribe = source.subscribe((next) => {
    take(next);
    for (const stream of streams) sendView(stream);
  });
  const heart = setInterval(() => {
    for (const stream of streams) sendHeartbeat(stream);
  }, HEARTBEAT_MS);
  heart.unref();

  return {
    add(response) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
      response.write(`retry: ${RETRY_MS}\n\n`);
      streams.add(response);
      response.on('close', () => {
        streams.delete(response);
        behind.delete(response);
      });
      response.on('drain', () => {
        if (behind.delete(response)) sendView(response);
      });
      // Who opens the page asks the source anew: it may know more by now than it has told.
      take(source.current());
      sendView(response);
    },
    close() {
      clearInterval(heart);
      unsubscribe();
      for (const stream of streams) stream.end();
    },
  };
}

/** A view may have been made a while before it was handed over; a wall clock that was set back must not make it younger than new. */
function wallAgeMs({ madeAtUtc }: RunView): number {
  return Math.max(0, Date.now() - Date.parse(madeAtUtc));
}
